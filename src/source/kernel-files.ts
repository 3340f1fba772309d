import { readlinkSync } from 'node:fs';
import { hostname, release } from 'node:os';
import { type Conntrack, CONNTRACK_FILES, parseWholeNumber } from '../kernel/conntrack.ts';
import {
  parseCounterPairs,
  parseSockstatTcp,
  type TcpCounters,
  tcpCounters,
} from '../kernel/counters.ts';
import { printable, type ForeignText, rawText } from '../kernel/foreign-text.ts';
import { ParseError } from '../kernel/parse-error.ts';
import { parseDeviceNames } from '../kernel/device-names.ts';
import type { Place } from '../kernel/place.ts';
import type { KernelReading, SourceName } from '../kernel/reading.ts';
import { SocketTable } from '../kernel/socket-table.ts';
import { parseSysctl, SYSCTL_NAMES, sysctlPath, type SysctlValues } from '../kernel/sysctl.ts';
import type { Clock } from './clock.ts';
import type { ProcRoot } from './proc-root.ts';
import { configuredPortsHere } from './configured-services.ts';
import { errorCode, failureReason, readText } from './read-file.ts';
import { findSysctls } from './sysctl-files.ts';

/** Reads the kernel once. Throws SourceError when there is nothing to watch. */
export interface KernelReader {
  (): KernelReading;
  /**
   * Whether these rows' connections have TCP timestamps, as of now; undefined: not known. Valid until the next reading.
   * Absent, or undefined as a whole, where the source does not tell.
   */
  timestampsOf?: ((rows: readonly number[]) => (boolean | undefined)[] | undefined) | undefined;
  /** Closes what is kept open between readings; a later reading reopens it. */
  close(): void;
}

/** What is known before the sockets are read. */
export interface SocketHints {
  readonly sysctls: SysctlValues;
  readonly counters: TcpCounters;
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

/**
 * A reader that takes the sockets from `socketReader`, and the sysctls and counters from procfs, the only
 * source for them. The table is reused for each reading.
 */
export function kernelReader(
  source: SourceName,
  proc: ProcRoot,
  clock: Clock,
  socketReader: SocketReader,
): KernelReader {
  const sockets = new SocketTable();
  const name: ForeignText = hostname();
  const host = { hostname: name, kernelRelease: release(), place: placeOf(proc, name) };
  const sysctlFiles = findSysctls(proc);
  const configuredPorts = configuredPortsHere(proc);
  const read = (): KernelReading => {
    const takenAtMs = clock.nowMs();
    const warnings: string[] = [];
    const sysctls = readSysctls(sysctlFiles.proc, warnings);
    const counters = readCounters(proc, warnings);
    const conntrack = readConntrack(sysctlFiles.proc, warnings);
    sockets.clear();
    const found = socketReader.read(sockets, warnings, { sysctls, counters });
    return {
      ...host,
      takenAtMs,
      source,
      sockets,
      deviceNames: readDeviceNames(proc, sockets),
      ...found,
      sysctls,
      sysctlsElsewhere: sysctlFiles.elsewhere,
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

/** The place that a procfs shows; its id is the mount point if the namespace is not known. */
function placeOf(proc: ProcRoot, name: ForeignText): Place {
  // Below the mount point, or below one process of it (/host/proc/1).
  for (const file of ['self/ns/net', 'ns/net']) {
    try {
      // "net:[4026531840]", see namespaces(7).
      const inode = /^net:\[(\d{1,20})\]$/.exec(readlinkSync(proc.path(file)))?.[1];
      if (inode !== undefined) return { kind: 'here', id: `net:${inode}`, name };
    } catch {
      // Another user's process, or a copy of a procfs.
    }
  }
  return { kind: 'here', id: `proc:${printable(proc.path(''))}`, name };
}

/** Device names, read only if a socket is bound to a device; a device without a name goes by its number. */
function readDeviceNames(proc: ProcRoot, { deviceIndex, length }: SocketTable) {
  for (let row = 0; row < length; row++)
    if (deviceIndex[row] !== 0) return readNetFile(proc, 'igmp', parseDeviceNames, []);
  return undefined;
}

function readSysctls(proc: ProcRoot, warnings: string[]): SysctlValues {
  const values = {} as Record<(typeof SYSCTL_NAMES)[number], ForeignText | null>;
  for (const name of SYSCTL_NAMES) {
    const file = proc.path(sysctlPath(name));
    values[name] = attempt(file, warnings, () => parseSysctl(wholeText(file))) ?? null;
  }
  return values;
}

/** Each sysctl ends its line (kernel/sysctl.c), an empty list as well: what does not is a part of one, and not it. */
function wholeText(file: string): string {
  const text = rawText(readText(file));
  if (!text.endsWith('\n')) throw new Error(text === '' ? 'the file is empty' : 'the file is cut');
  return text;
}

/** Reads how full the connection-tracking table is; undefined if there is none. */
function readConntrack(proc: ProcRoot, warnings: string[]): Conntrack | undefined {
  const number = (path: string) => {
    const file = proc.path(path);
    return attempt(file, warnings, () => parseWholeNumber(rawText(readText(file)), file));
  };
  const entries = number(CONNTRACK_FILES.entries);
  if (entries === undefined) return undefined;
  const maxEntries = number(CONNTRACK_FILES.maxEntries);
  if (maxEntries === undefined) return undefined;
  return { entries, maxEntries, timeWaitSeconds: number(CONNTRACK_FILES.timeWaitSeconds) };
}

/** Reads the kernel's counters. Unreadable ones are unknown, with a warning if they should exist. */
function readCounters(proc: ProcRoot, warnings: string[]): TcpCounters {
  const netstat = readNetFile(proc, 'netstat', parseCounterPairs, warnings);
  return tcpCounters({ ...readSocketFiles(proc, warnings), netstat });
}

/** Reads only the counters that show what happens to sockets. */
export function readSocketCounters(proc: ProcRoot, warnings: string[]): TcpCounters {
  return tcpCounters(readSocketFiles(proc, warnings));
}

function readSocketFiles(proc: ProcRoot, warnings: string[]) {
  return {
    snmp: readNetFile(proc, 'snmp', parseCounterPairs, warnings),
    sockstatTcp: readNetFile(proc, 'sockstat', parseSockstatTcp, warnings),
    sockstatTcp6: readNetFile(proc, 'sockstat6', parseSockstatTcp, warnings),
  };
}

function readNetFile<Value>(
  proc: ProcRoot,
  name: string,
  parse: (text: string, file: string) => Value,
  warnings: string[],
): Value | undefined {
  const file = proc.path(`net/${name}`);
  return attempt(file, warnings, () => parse(rawText(readText(file)), file));
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
