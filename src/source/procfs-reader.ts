import { readFileSync } from 'node:fs';
import { endianness, hostname, release } from 'node:os';
import {
  parseCounterPairs,
  parseSockstatTcp,
  type TcpCounters,
  tcpCounters,
} from '../kernel/counters.ts';
import { escapeControl, ParseError } from '../kernel/parse-error.ts';
import { ProcNetTcpParser } from '../kernel/proc-net-tcp.ts';
import type { KernelReading } from '../kernel/reading.ts';
import { SocketTable } from '../kernel/socket-table.ts';
import { parseSysctl, SYSCTL_NAMES, sysctlPath, type SysctlValues } from '../kernel/sysctl.ts';
import type { Clock } from './clock.ts';
import type { ProcRoot } from './proc-root.ts';
import { errorCode, failureReason, readPieces } from './read-file.ts';
import { SourceError } from './source.ts';

/** Reads the kernel once. Throws SourceError when there is nothing to watch. */
export type KernelReader = () => KernelReading;

// procfs hands out at most a page or so a read(2), whatever the buffer; this holds one and the row cut before it.
const BUFFER_BYTES = 64 * 1024;

/**
 * A reader of /proc/net/tcp, tcp6, the sysctls and the counters. It is synchronous on purpose: the file
 * comes in thousands of small reads, and an asynchronous one for each costs several times the work; call
 * it off the UI's thread. Buffers and table are kept from reading to reading.
 */
export function procfsReader(proc: ProcRoot, clock: Clock): KernelReader {
  const table = new SocketTable();
  const buffer = new Uint8Array(BUFFER_BYTES);
  const host = { hostname: hostname(), kernelRelease: release() };
  return () => {
    const takenAtMs = clock.nowMs();
    const warnings: string[] = [];
    table.clear();
    readSockets(proc, table, buffer, warnings);
    return {
      ...host,
      takenAtMs,
      source: 'procfs',
      sockets: table,
      sysctls: readSysctls(proc, warnings),
      counters: readCounters(proc, warnings),
      warnings,
    };
  };
}

function readSockets(
  proc: ProcRoot,
  table: SocketTable,
  buffer: Uint8Array,
  warnings: string[],
): void {
  const failures: string[] = [];
  for (const family of [4, 6] as const) {
    const file = proc.path(family === 4 ? 'net/tcp' : 'net/tcp6');
    const parser = new ProcNetTcpParser({ file, family, byteOrder: endianness() }, table);
    try {
      const left = readPieces(file, buffer, (end) => parser.push(buffer, 0, end));
      parser.finish(buffer, 0, left);
    } catch (error) {
      const missing = errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
      if (missing && family === 4) throw noTcpTable(file);
      // Without IPv6 the kernel has no tcp6: nothing is amiss.
      if (!missing) failures.push(`${escapeControl(file)}: ${failureReason(error)}`);
    }
    if (parser.firstProblem !== undefined) {
      const others = parser.malformedRows > 1 ? ` (and ${parser.malformedRows - 1} more rows)` : '';
      warnings.push(`${parser.firstProblem}${others}; what cannot be read is not counted`);
    }
  }
  if (failures.length === 2)
    throw new SourceError(
      `${failures.join(', ')}: no socket can be seen. Run ephtop as a user who may read them.`,
    );
  warnings.push(...failures.map((failure) => `${failure}; its sockets are not counted`));
}

function noTcpTable(file: string): SourceError {
  return new SourceError(
    `${escapeControl(file)} is not there: ${process.platform === 'linux' ? 'procfs is not mounted, or this kernel has no TCP' : 'this is not Linux'}. ` +
      'Run ephtop on the Linux machine itself (--via "ssh HOST", to watch it from here, comes in a later version).',
  );
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
