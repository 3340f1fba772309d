import { type Conntrack, CONNTRACK_FILES, parseWholeNumber } from '../kernel/conntrack.ts';
import {
  countedSockets,
  parseCounterPairs,
  parseSockstatTcp,
  type TcpCounters,
  tcpCounters,
} from '../kernel/counters.ts';
import { printable, type ForeignText, rawText } from '../kernel/foreign-text.ts';
import { ParseError } from '../kernel/parse-error.ts';
import { parseDeviceNames } from '../kernel/device-names.ts';
import type { KernelReading, SourceName } from '../kernel/reading.ts';
import { SocketTable } from '../kernel/socket-table.ts';
import { parseSysctl, SYSCTL_NAMES, sysctlPath, type SysctlValues } from '../kernel/sysctl.ts';
import type { Clock } from './clock.ts';
import type { ProcFiles } from './proc-root.ts';
import { ReadMoments } from './read-moments.ts';
import { errorCode, failureReason } from './read-file.ts';
import type { WatchedPlace } from './watched-place.ts';

/** Reads the kernel once. Throws SourceError when there is nothing to watch. */
export interface KernelReader {
  /** `files`: what somebody has read a moment ago, not to be read again. */
  (files?: SocketFiles): KernelReading;
  /**
   * Whether these rows' connections have TCP timestamps, as of now; undefined: not known. Valid until the next reading.
   * Absent, or undefined as a whole, where the source does not tell.
   */
  timestampsOf?: ((rows: readonly number[]) => (boolean | undefined)[] | undefined) | undefined;
  /** Closes what is kept open between readings; a later reading reopens it. */
  close(): void;
}

/** What is known before the sockets are read, and where it is noted when they are. */
export interface SocketHints {
  readonly sysctls: SysctlValues;
  readonly counters: TcpCounters;
  readonly moments: ReadMoments;
}

/** The part of a reading about its sockets; see KernelReading. */
export type ReadSockets = Pick<KernelReading, 'leftOut' | 'unreadSockets'>;

/** Where the sockets of a reading come from. */
export interface SocketReader {
  /** Fills an empty table with every TCP socket that can matter. Read failures become warnings. */
  read(table: SocketTable, warnings: string[], hints: SocketHints): ReadSockets;
  /** See KernelReader. */
  timestampsOf?(table: SocketTable, rows: readonly number[]): (boolean | undefined)[];
  close?(): void;
}

/** The memory that a reading fills. Readers that read in turn may share it: a reading is valid until the next one. */
export interface ReadingKit {
  readonly table: SocketTable;
  /** What the kernel sends, as it comes. A Buffer, as its indexOf is the one that is fast. */
  readonly buffer: Buffer<ArrayBuffer>;
}

// procfs hands out at most a page or so a read(2), whatever the buffer; a message of a netlink dump has 32 KiB at most
// (netlink_recvmsg in net/netlink/af_netlink.c).
const BUFFER_BYTES = 64 * 1024;

export function readingKit(): ReadingKit {
  return { table: new SocketTable(), buffer: Buffer.from(new ArrayBuffer(BUFFER_BYTES)) };
}

/**
 * A reader that takes the sockets from `socketReader`, and the sysctls and counters from the place's procfs, the only
 * source for them. The table is reused for each reading.
 */
export function kernelReader(
  source: SourceName,
  watched: WatchedPlace,
  clock: Clock,
  socketReader: SocketReader,
  sockets: SocketTable = new SocketTable(),
): KernelReader {
  const { place, hostname, kernelRelease, proc, sysctlProc, sysctlsElsewhere } = watched;
  const { configuredPorts } = watched;
  const sysctlReader = new SysctlReader(sysctlProc, clock);
  const conntrackReader = seldomIfAbsent(clock, (warnings) => readConntrack(sysctlProc, warnings));
  const moments = new ReadMoments(clock, sockets);
  const read = (files = readSocketFiles(proc)): KernelReading => {
    const warnings: string[] = [];
    const sysctls = sysctlReader.read(warnings);
    const counters = readCounters(proc, files, warnings);
    const conntrack = conntrackReader(warnings);
    sockets.clear();
    moments.clear();
    const found = socketReader.read(sockets, warnings, { sysctls, counters, moments });
    moments.settle();
    const takenAtMs = clock.nowMs();
    return {
      place,
      hostname,
      kernelRelease,
      takenAtMs,
      source,
      sockets,
      deviceNames: readDeviceNames(proc, sockets),
      ...found,
      sysctls,
      sysctlsElsewhere,
      counters,
      conntrack,
      configuredPorts,
      warnings,
    };
  };
  const timestampsOf =
    socketReader.timestampsOf &&
    ((rows: readonly number[]) => socketReader.timestampsOf?.(sockets, rows) ?? []);
  return Object.assign(read, { timestampsOf, close: () => socketReader.close?.() });
}

/** Device names, read only if a socket is bound to a device; a device without a name goes by its number. */
function readDeviceNames(proc: ProcFiles, { tuples }: SocketTable) {
  for (let tuple = 0; tuple < tuples.count; tuple++)
    if (tuples.deviceIndexOf(tuple) !== 0) return readNetFile(proc, 'igmp', parseDeviceNames, []);
  return undefined;
}

type SysctlName = (typeof SYSCTL_NAMES)[number];

/** A sysctl that can be read no more is taken to be what it was for so long: the kernel may be short of memory for a moment. */
const TAKEN_ON_MS = 10_000;

/** How often those are read that change no number of ports, and what is not there. */
const SELDOM_MS = 5000;
/** The others are read each time: with a range that is no more, what is free would be a wrong number. */
const SELDOM: ReadonlySet<SysctlName> = new Set<SysctlName>([
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_tw_recycle',
  'net.ipv4.tcp_orphan_retries',
  'net.ipv4.ip_unprivileged_port_start',
  'net.core.somaxconn',
]);

/** Reads the sysctls of a place, again and again. */
class SysctlReader {
  readonly #proc: ProcFiles;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #last = new Map<SysctlName, ForeignText>();
  /** When those that need not be read each time were read. */
  readonly #readMs = new Map<SysctlName, number>();
  readonly #failedMs = new Map<SysctlName, number>();

  constructor(proc: ProcFiles, clock: Pick<Clock, 'monotonicMs'>) {
    this.#proc = proc;
    this.#clock = clock;
  }

  /** Those that cannot be read are null, with a warning if they should exist. */
  read(warnings: string[]): SysctlValues {
    const values = {} as Record<SysctlName, ForeignText | null>;
    const nowMs = this.#clock.monotonicMs();
    for (const name of SYSCTL_NAMES) {
      if (nowMs - (this.#readMs.get(name) ?? -Infinity) < SELDOM_MS) {
        values[name] = this.#last.get(name) ?? null;
        continue;
      }
      const file = sysctlPath(name);
      const failures: string[] = [];
      const read = () => parseSysctl(wholeText(this.#proc.readText(file)));
      const value = attempt(this.#proc.path(file), failures, read);
      const kept = failures.length === 0 ? undefined : this.#takenOn(name);
      if (failures.length === 0) this.#keep(name, value);
      if (failures.length === 0 && (value === undefined || SELDOM.has(name)))
        this.#readMs.set(name, nowMs);
      else this.#readMs.delete(name);
      const note = kept === undefined ? '' : '; it is taken to be what it was';
      warnings.push(...failures.map((failure) => `${failure}${note}`));
      values[name] = value ?? kept ?? null;
    }
    return values;
  }

  #keep(name: SysctlName, value: ForeignText | undefined): void {
    this.#failedMs.delete(name);
    if (value === undefined) this.#last.delete(name);
    else this.#last.set(name, value);
  }

  #takenOn(name: SysctlName): ForeignText | undefined {
    const nowMs = this.#clock.monotonicMs();
    const sinceMs = this.#failedMs.get(name) ?? nowMs;
    this.#failedMs.set(name, sinceMs);
    return nowMs - sinceMs < TAKEN_ON_MS ? this.#last.get(name) : undefined;
  }
}

/** Each sysctl ends its line (kernel/sysctl.c), an empty list as well: what does not is a part of one, and not it. */
function wholeText(read: ForeignText): string {
  const text = rawText(read);
  if (!text.endsWith('\n')) throw new Error(text === '' ? 'the file is empty' : 'the file is cut');
  return text;
}

/** Reads how full the connection-tracking table is; undefined if there is none. */
function readConntrack(proc: ProcFiles, warnings: string[]): Conntrack | undefined {
  const number = (relative: string) => {
    const file = proc.path(relative);
    const read = () => parseWholeNumber(rawText(proc.readText(relative)), file);
    return attempt(file, warnings, read);
  };
  const entries = number(CONNTRACK_FILES.entries);
  if (entries === undefined) return undefined;
  const maxEntries = number(CONNTRACK_FILES.maxEntries);
  if (maxEntries === undefined) return undefined;
  return { entries, maxEntries, timeWaitSeconds: number(CONNTRACK_FILES.timeWaitSeconds) };
}

/** What is not there is asked for again after `SELDOM_MS` only: a file that is missing costs more than one that is there. */
function seldomIfAbsent<Value>(
  clock: Pick<Clock, 'monotonicMs'>,
  read: (warnings: string[]) => Value | undefined,
): (warnings: string[]) => Value | undefined {
  let absentMs = -Infinity;
  return (warnings) => {
    const nowMs = clock.monotonicMs();
    if (nowMs - absentMs < SELDOM_MS) return undefined;
    const before = warnings.length;
    const value = read(warnings);
    absentMs = value === undefined && warnings.length === before ? nowMs : -Infinity;
    return value;
  };
}

/** Reads the kernel's counters. Unreadable ones are unknown, with a warning if they should exist. */
function readCounters(proc: ProcFiles, files: SocketFiles, warnings: string[]): TcpCounters {
  const netstat = readNetFile(proc, 'netstat', parseCounterPairs, warnings);
  warnings.push(...files.warnings);
  return socketCounters(files, netstat);
}

/** The counters of files that show what happens to sockets, and of netstat, where it has been read. */
export function socketCounters(
  { snmp, sockstatTcp, sockstatTcp6 }: SocketFiles,
  netstat?: ReturnType<typeof parseCounterPairs>,
): TcpCounters {
  return tcpCounters({ snmp, sockstatTcp, sockstatTcp6, netstat });
}

/** How many sockets there are, at the least cost; undefined: not known. */
export function readSocketCount(proc: ProcFiles): number | undefined {
  return countedSockets(tcpCounters(readSockstat(proc, [])));
}

/** The files that show what happens to sockets, as they were read. */
export type SocketFiles = ReturnType<typeof readSocketFiles>;

/** Reads the files that show what happens to sockets. */
export function readSocketFiles(proc: ProcFiles) {
  const warnings: string[] = [];
  const snmp = readNetFile(proc, 'snmp', parseCounterPairs, warnings);
  return { snmp, ...readSockstat(proc, warnings), warnings };
}

function readSockstat(proc: ProcFiles, warnings: string[]) {
  return {
    sockstatTcp: readNetFile(proc, 'sockstat', parseSockstatTcp, warnings),
    sockstatTcp6: readNetFile(proc, 'sockstat6', parseSockstatTcp, warnings),
  };
}

function readNetFile<Value>(
  proc: ProcFiles,
  name: string,
  parse: (text: string, file: string) => Value,
  warnings: string[],
): Value | undefined {
  const relative = `net/${name}`;
  const file = proc.path(relative);
  return attempt(file, warnings, () => parse(rawText(proc.readText(relative)), file));
}

/** A missing file means that this kernel does not have it; any other failure is a warning. */
function attempt<Value>(file: string, warnings: string[], read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ParseError) warnings.push(error.message);
    else if (errorCode(error) !== 'ENOENT')
      warnings.push(`${printable(file)}: ${failureReason(error)}`);
    return undefined;
  }
}
