import { readFileSync } from 'node:fs';
import { hostname, release } from 'node:os';
import {
  areSocketsUnchanged,
  parseCounterPairs,
  parseSockstatTcp,
  type TcpCounters,
  tcpCounters,
} from '../kernel/counters.ts';
import { escapeControl, ParseError } from '../kernel/parse-error.ts';
import type { KernelReading, SourceName } from '../kernel/reading.ts';
import { SocketTable } from '../kernel/socket-table.ts';
import { parseSysctl, SYSCTL_NAMES, sysctlPath, type SysctlValues } from '../kernel/sysctl.ts';
import type { Clock } from './clock.ts';
import type { ProcRoot } from './proc-root.ts';
import { errorCode, failureReason } from './read-file.ts';

/** Reads the kernel once. Throws SourceError when there is nothing to watch. */
export interface KernelReader {
  (): KernelReading;
  /** Gives back what is kept open between readings; a later reading opens it again. */
  close(): void;
}

/** What is known before the sockets are read. */
export interface SocketHints {
  readonly sysctls: SysctlValues;
  readonly counters: TcpCounters;
}

/** Where the sockets of a reading come from. */
export interface SocketReader {
  /**
   * Fills an empty table with every TCP socket that can matter, and returns how many were left out. What
   * cannot be read becomes a warning.
   */
  read(table: SocketTable, warnings: string[], hints: SocketHints): number;
  close?(): void;
}

const LONGEST_REST_MS = 1000;

export interface KernelReaderOptions {
  /**
   * While the counters say that no socket has changed, the sockets are read again only after this time; 0:
   * always, as where the files may be a recording, whose timers stand still.
   */
  readonly longestRestMs?: number;
}

/**
 * A reader that takes the sockets from `socketReader`, and the sysctls and counters, which only procfs
 * has, from there. The table is kept from reading to reading.
 */
export function kernelReader(
  source: SourceName,
  proc: ProcRoot,
  clock: Clock,
  socketReader: SocketReader,
  { longestRestMs = LONGEST_REST_MS }: KernelReaderOptions = {},
): KernelReader {
  const host = { hostname: hostname(), kernelRelease: release() };
  const sockets = new RestingSocketReader(socketReader, clock, longestRestMs);
  const read = (): KernelReading => {
    const takenAtMs = clock.nowMs();
    const warnings: string[] = [];
    const sysctls = readSysctls(proc, warnings);
    // Before the sockets: what changes meanwhile is then seen to have changed the next time.
    const counters = readCounters(proc, warnings);
    const { table, leftOut } = sockets.read(warnings, { sysctls, counters });
    return { ...host, takenAtMs, source, sockets: table, leftOut, sysctls, counters, warnings };
  };
  return Object.assign(read, { close: () => socketReader.close?.() });
}

/**
 * Asks for the sockets only where the counters say that there is something new: a look at the kernel's
 * whole hash table takes milliseconds even if it is empty.
 */
class RestingSocketReader {
  readonly #reader: SocketReader;
  readonly #clock: Clock;
  readonly #longestRestMs: number;
  readonly #table = new SocketTable();
  #last: { readAtMs: number; agedMs: number; hints: SocketHints } | undefined;
  #leftOut = 0;
  #warnings: readonly string[] = [];

  constructor(reader: SocketReader, clock: Clock, longestRestMs: number) {
    this.#reader = reader;
    this.#clock = clock;
    this.#longestRestMs = longestRestMs;
  }

  read(warnings: string[], hints: SocketHints): { table: SocketTable; leftOut: number } {
    if (!this.#rest(hints)) this.#readAll(hints);
    warnings.push(...this.#warnings);
    return { table: this.#table, leftOut: this.#leftOut };
  }

  /** Lets the sockets that are known grow older, if nothing else has happened to them. */
  #rest(hints: SocketHints): boolean {
    const last = this.#last;
    if (last === undefined || !areSocketsUnchanged(last.hints.counters, hints.counters))
      return false;
    const ageMs = Math.floor(this.#clock.monotonicMs() - last.readAtMs);
    if (ageMs >= this.#longestRestMs) return false;
    this.#table.elapse(ageMs - last.agedMs);
    last.agedMs = ageMs;
    return true;
  }

  #readAll(hints: SocketHints): void {
    const warnings: string[] = [];
    this.#last = undefined;
    this.#table.clear();
    const readAtMs = this.#clock.monotonicMs();
    this.#leftOut = this.#reader.read(this.#table, warnings, hints);
    this.#warnings = warnings;
    this.#last = { readAtMs, agedMs: 0, hints };
  }
}

function readSysctls(proc: ProcRoot, warnings: string[]): SysctlValues {
  const values = {} as Record<(typeof SYSCTL_NAMES)[number], string | null>;
  for (const name of SYSCTL_NAMES) {
    const file = proc.path(sysctlPath(name));
    values[name] = attempt(file, warnings, () => parseSysctl(readFileSync(file, 'utf8'))) ?? null;
  }
  return values;
}

function readCounters(proc: ProcRoot, warnings: string[]): TcpCounters {
  const read = <Value>(
    relative: string,
    parse: (text: string, file: string) => Value,
  ): Value | undefined => {
    const file = proc.path(relative);
    return attempt(file, warnings, () => parse(readFileSync(file, 'utf8'), file));
  };
  return tcpCounters({
    snmp: read('net/snmp', parseCounterPairs),
    netstat: read('net/netstat', parseCounterPairs),
    sockstatTcp: read('net/sockstat', parseSockstatTcp),
    sockstatTcp6: read('net/sockstat6', parseSockstatTcp),
  });
}

/** A file that is not there means that this kernel does not tell; any other failure is a warning. */
function attempt<Value>(file: string, warnings: string[], read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ParseError) warnings.push(error.message);
    else if (errorCode(error) !== 'ENOENT')
      warnings.push(`${escapeControl(file)}: ${failureReason(error)}`);
    return undefined;
  }
}
