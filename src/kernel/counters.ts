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
type NamedValues = Pick<ReadonlyMap<string, number>, 'get' | typeof Symbol.iterator>;

/**
 * Reads /proc/net/snmp or /proc/net/netstat: pairs of lines, names then values, each behind a group's
 * name (proc(5)). Throws ParseError if a pair does not match or a value is not a number.
 */
export function parseCounterPairs(text: string, file: string): ReadonlyMap<string, NamedValues> {
  const groups = new Map<string, NamedValues>();
  const lines = text.split('\n').filter((line) => line !== '');
  for (let index = 0; index < lines.length; index += 2) {
    const { group, names } = titlesOf(lines[index] ?? '');
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
    for (const [at, got] of values.entries())
      if (!NUMBER.test(got)) throw new ParseError({ file, line, field: names[at] ?? '', got });
    groups.set(group.replace(/:$/, ''), new PairedValues(names, values));
  }
  return groups;
}

interface Titles {
  readonly group: string;
  readonly names: readonly string[];
}

/** A kernel always writes the same line of names, of which netstat has 150, and several times a second. */
const knownTitles = new Map<string, Titles>();
const MOST_KNOWN = 32;

function titlesOf(line: string): Titles {
  const known = knownTitles.get(line);
  if (known !== undefined) return known;
  const [group = '', ...names] = line.trim().split(' ');
  if (knownTitles.size >= MOST_KNOWN) knownTitles.clear();
  knownTitles.set(line, { group, names });
  return { group, names };
}

/** Numbers by name, of which few are asked for. */
class PairedValues implements NamedValues {
  readonly #names: readonly string[];
  readonly #values: readonly string[];

  constructor(names: readonly string[], values: readonly string[]) {
    this.#names = names;
    this.#values = values;
  }

  get(name: string): number | undefined {
    // Of two columns with a name, the last one counts, as in a map.
    const value = this.#values[this.#names.lastIndexOf(name)];
    return value === undefined ? undefined : Number(value);
  }

  [Symbol.iterator](): MapIterator<[string, number]> {
    return new Map(this.#names.map((name, at) => [name, Number(this.#values[at])]))[
      Symbol.iterator
    ]();
  }
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

const NUMBER = /^-?\d+$/;

/** A counter's value. A few, such as Tcp MaxConn, are signed. */
function counter(got: string, where: Omit<ParseProblem, 'got'>): number {
  if (!NUMBER.test(got)) throw new ParseError({ ...where, got });
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
