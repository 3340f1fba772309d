import { ParseError, type ParseProblem } from './parse-error.ts';

/** The kernel's running totals since boot, for this network namespace; undefined: not known. */
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
  /** Accepted connections: Tcp PassiveOpens. */
  readonly passiveOpens?: number | undefined;
  /** Connections that ended by a reset: Tcp EstabResets. */
  readonly resets?: number | undefined;
  /** Sockets now in ESTABLISHED or CLOSE_WAIT: Tcp CurrEstab. */
  readonly establishedNow?: number | undefined;
  /** Sockets now in the kernel's tables, without TIME_WAIT: sockstat TCP inuse and sockstat6 TCP6 inuse. */
  readonly inUseNow?: number | undefined;
  /** Those of them without a process: sockstat TCP orphan. */
  readonly orphansNow?: number | undefined;
  /** TCP sockets that exist, connected or not, in all namespaces: sockstat TCP alloc. */
  readonly allocatedNow?: number | undefined;
}

/** Number of sockets in a full dump, without those that are only bound; undefined: not known. */
export function countedSockets({ inUseNow, timeWaitNow }: TcpCounters): number | undefined {
  return inUseNow === undefined || timeWaitNow === undefined ? undefined : inUseNow + timeWaitNow;
}

/**
 * True if no counter shows that a socket came, went or changed state between two readings. No counter
 * shows a change from ESTABLISHED to CLOSE_WAIT, or bind() on an existing socket.
 */
export function areSocketsUnchanged(before: TcpCounters, now: TcpCounters): boolean {
  return SOCKET_COUNTERS.every((name) => now[name] !== undefined && now[name] === before[name]);
}

const SOCKET_COUNTERS = [
  'activeOpens',
  'attemptFails',
  'passiveOpens',
  'resets',
  'establishedNow',
  'timeWaitNow',
  'inUseNow',
  'orphansNow',
  'allocatedNow',
] as const satisfies readonly (keyof TcpCounters)[];

/** Values of one group ("Tcp", "TcpExt") by column name. */
type NamedValues = ReadonlyMap<string, number>;

/**
 * Reads /proc/net/snmp or /proc/net/netstat: pairs of lines, names then values, each behind a group's
 * name (proc(5)). Throws ParseError if a pair does not match or a value is not a number.
 */
export function parseCounterPairs(text: string, file: string): ReadonlyMap<string, NamedValues> {
  const groups = new Map<string, NamedValues>();
  const lines = text.split('\n').filter((line) => line !== '');
  for (let index = 0; index < lines.length; index += 2) {
    const [group = '', ...names] = (lines[index] ?? '').trim().split(' ');
    const [valueGroup, ...values] = (lines[index + 1] ?? '').trim().split(' ');
    const line = index + 2;
    if (group !== valueGroup || names.length !== values.length) {
      throw new ParseError({
        file,
        line,
        field: `the values of ${group}`,
        got: lines[index + 1] ?? '',
      });
    }
    const numbers = values.map((got, at) => counter(got, { file, line, field: names[at] ?? '' }));
    groups.set(group.replace(/:$/, ''), new Map(names.map((name, at) => [name, numbers[at] ?? 0])));
  }
  return groups;
}

/**
 * Reads the TCP line of /proc/net/sockstat (inuse, orphan, tw, alloc, mem) or of /proc/net/sockstat6
 * (inuse) into numbers by name. Throws ParseError if the line is missing or a value is not a number.
 */
export function parseSockstatTcp(text: string, file: string): NamedValues {
  const words = /^TCP6?: (.*)$/m.exec(text)?.[1]?.trim().split(' ');
  if (words === undefined) throw new ParseError({ file, field: 'the TCP line', got: text.trim() });
  const values = new Map<string, number>();
  for (let index = 0; index < words.length; index += 2) {
    const name = words[index] ?? '';
    values.set(name, counter(words[index + 1] ?? '', { file, field: `TCP ${name}` }));
  }
  return values;
}

/** A counter's value. A few, such as Tcp MaxConn, are signed. */
function counter(got: string, where: Omit<ParseProblem, 'got'>): number {
  if (!/^-?\d+$/.test(got)) throw new ParseError({ ...where, got });
  return Number(got);
}

/** Merges the files; the counters of a file that could not be read are unknown. */
export function tcpCounters(files: {
  snmp?: ReadonlyMap<string, NamedValues> | undefined;
  netstat?: ReadonlyMap<string, NamedValues> | undefined;
  sockstatTcp?: NamedValues | undefined;
  sockstatTcp6?: NamedValues | undefined;
}): TcpCounters {
  const tcp = files.snmp?.get('Tcp');
  const tcpExt = files.netstat?.get('TcpExt');
  const inUse = files.sockstatTcp?.get('inuse');
  return {
    activeOpens: tcp?.get('ActiveOpens'),
    attemptFails: tcp?.get('AttemptFails'),
    timeWaitReused: tcpExt?.get('TWRecycled'),
    timeWaitOverflow: tcpExt?.get('TCPTimeWaitOverflow'),
    timeWaitNow: files.sockstatTcp?.get('tw'),
    passiveOpens: tcp?.get('PassiveOpens'),
    resets: tcp?.get('EstabResets'),
    establishedNow: tcp?.get('CurrEstab'),
    inUseNow: inUse === undefined ? undefined : inUse + (files.sockstatTcp6?.get('inuse') ?? 0),
    orphansNow: files.sockstatTcp?.get('orphan'),
    allocatedNow: files.sockstatTcp?.get('alloc'),
  };
}
