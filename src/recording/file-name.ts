import { type ForeignText, rawText } from '../kernel/foreign-text.ts';

/**
 * The name of a new recording: `ephtop-proxy-7-20261121T120341Z.eph.gz`. It keeps only those characters of the host's
 * name that are safe in a file name.
 */
export function recordingName(hostname: ForeignText, takenAtMs: number): string {
  const host =
    rawText(hostname)
      .replace(/[^A-Za-z0-9._-]+/g, '_')
      .slice(0, 64) || 'host';
  const time = new Date(takenAtMs).toISOString().replace(/[-:]|\.\d+/g, '');
  return `ephtop-${host}-${time}.eph.gz`;
}
