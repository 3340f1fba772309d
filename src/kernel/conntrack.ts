import { ParseError } from './parse-error.ts';

/** The connection-tracking table of this network namespace, if conntrack is loaded. */
export interface Conntrack {
  /** Entries now: nf_conntrack_count. */
  readonly entries: number;
  /** Entries at which new connections are dropped: nf_conntrack_max. */
  readonly maxEntries: number;
  /** How long an entry stays after its connection closes, in seconds; undefined: not known. */
  readonly timeWaitSeconds: number | undefined;
}

/** Files below /proc/sys/net/netfilter (nf_conntrack-sysctl.rst). */
export const CONNTRACK_FILES = {
  entries: 'sys/net/netfilter/nf_conntrack_count',
  maxEntries: 'sys/net/netfilter/nf_conntrack_max',
  timeWaitSeconds: 'sys/net/netfilter/nf_conntrack_tcp_timeout_time_wait',
} as const;

/** Reads a file that holds one whole number. Throws ParseError for anything else. */
export function parseWholeNumber(text: string, file: string): number {
  if (!/^\s*\d{1,15}\s*$/.test(text))
    throw new ParseError({ file, field: 'a whole number', got: text.trim() });
  return Number(text);
}
