import { ParseError } from './parse-error.ts';

/** The kernel's running totals since boot, of this network namespace; undefined: not told. */
export interface TcpCounters {
  /** connect() calls that sent a SYN: Tcp ActiveOpens (RFC 4022). */
  readonly activeOpens?: number | undefined;
  /** Tcp AttemptFails. */
  readonly attemptFails?: number | undefined;
  /** TIME_WAIT sockets taken over by a new connect(): TcpExt TWRecycled (its name is older than its meaning). */
  readonly timeWaitReused?: number | undefined;
  /** Closes that skipped TIME_WAIT because of tcp_max_tw_buckets: TcpExt TCPTimeWaitOverflow. */
  readonly timeWaitOverflow?: number | undefined;
  /** TIME_WAIT sockets now, all of them: sockstat TCP tw. */
  readonly timeWaitNow?: number | undefined;
}

/** Values of one group ("Tcp", "TcpExt") by column name. */
type NamedValues = ReadonlyMap<string, number>;

/**
 * Reads /proc/net/snmp or /proc/net/netstat: pairs of lines, names then values, each behind a group's
 * name (proc(5)). Throws ParseError where a pair does not fit.
 */
export function parseCounterPairs(text: string, file: string): ReadonlyMap<string, NamedValues> {
  const groups = new Map<string, NamedValues>();
  const lines = text.split('\n').filter((line) => line !== '');
  for (let index = 0; index < lines.length; index += 2) {
    const names = (lines[index] ?? '').split(' ');
    const values = (lines[index + 1] ?? '').split(' ');
    if (names[0] !== values[0] || names.length !== values.length) {
      throw new ParseError({
        file,
        line: index + 2,
        field: `the values of ${names[0] ?? ''}`,
        got: lines[index + 1] ?? '',
      });
    }
    groups.set(
      (names[0] ?? '').replace(/:$/, ''),
      new Map(names.slice(1).map((name, at) => [name, Number(values[at + 1])])),
    );
  }
  return groups;
}

/**
 * Reads the TCP line of /proc/net/sockstat into its numbers by name (inuse, orphan, tw, alloc, mem).
 * Throws ParseError where there is none.
 */
export function parseSockstatTcp(text: string, file: string): NamedValues {
  const words = /^TCP: (.*)$/m.exec(text)?.[1]?.split(' ');
  if (words === undefined) throw new ParseError({ file, field: 'the TCP line', got: text.trim() });
  const values = new Map<string, number>();
  for (let index = 0; index + 1 < words.length; index += 2)
    values.set(words[index] ?? '', Number(words[index + 1]));
  return values;
}

/** Puts the three files together; a file that could not be read leaves its counters unknown. */
export function tcpCounters(files: {
  snmp?: ReadonlyMap<string, NamedValues> | undefined;
  netstat?: ReadonlyMap<string, NamedValues> | undefined;
  sockstatTcp?: NamedValues | undefined;
}): TcpCounters {
  const tcp = files.snmp?.get('Tcp');
  const tcpExt = files.netstat?.get('TcpExt');
  return {
    activeOpens: tcp?.get('ActiveOpens'),
    attemptFails: tcp?.get('AttemptFails'),
    timeWaitReused: tcpExt?.get('TWRecycled'),
    timeWaitOverflow: tcpExt?.get('TCPTimeWaitOverflow'),
    timeWaitNow: files.sockstatTcp?.get('tw'),
  };
}
