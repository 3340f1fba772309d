import { type ForeignText, rawText } from '../kernel/foreign-text.ts';

/** What a recording is of: whatever happens, or one incident. */
export type RecordingKind = 'recording' | 'incident';

/** The name of a new recording: `ephtop-proxy-7-20261121T120341Z.eph.gz`; that of an incident begins `ephtop-incident-`. */
export function recordingName(
  hostname: ForeignText,
  takenAtMs: number,
  kind: RecordingKind = 'recording',
): string {
  const time = new Date(takenAtMs).toISOString().replace(/[-:]|\.\d+/g, '');
  return `ephtop-${kind === 'incident' ? 'incident-' : ''}${fileSafe(hostname)}-${time}.eph.gz`;
}

/** The name of a host's ring: the same one after each start. */
export function ringName(hostname: ForeignText): string {
  return `ephtop-${fileSafe(hostname)}-ring.eph.gz`;
}

/** The older file of a ring: `web.eph.gz` is followed by `web-older.eph.gz`. */
export function olderName(path: string): string {
  const [, stem = path, ending = ''] = /^(.*?[^/])((?:\.eph)?\.gz)$/s.exec(path) ?? [];
  return `${stem}-older${ending}`;
}

/** Keeps only those characters of a host's name that are safe in a file name. */
function fileSafe(hostname: ForeignText): string {
  const safe = rawText(hostname)
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .slice(0, 64);
  return safe || 'host';
}
