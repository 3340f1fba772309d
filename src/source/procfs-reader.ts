import { endianness } from 'node:os';
import { escapeControl } from '../kernel/parse-error.ts';
import { ProcNetTcpParser } from '../kernel/proc-net-tcp.ts';
import type { SocketTable } from '../kernel/socket-table.ts';
import type { Clock } from './clock.ts';
import { type KernelReader, kernelReader } from './kernel-files.ts';
import type { ProcRoot } from './proc-root.ts';
import { errorCode, failureReason, readPieces } from './read-file.ts';
import { SourceError } from './source-error.ts';

// procfs hands out at most a page or so a read(2), whatever the buffer; this holds one and the row cut before it.
const BUFFER_BYTES = 64 * 1024;

/**
 * A reader of /proc/net/tcp, tcp6, the sysctls and the counters. It is synchronous on purpose: the file
 * comes in thousands of small reads, and an asynchronous one for each costs several times the work; call
 * it off the UI's thread. Buffers and table are kept from reading to reading.
 */
export function procfsReader(proc: ProcRoot, clock: Clock): KernelReader {
  // A Buffer, as its indexOf is the one that is fast.
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  return kernelReader('procfs', proc, clock, {
    read(table, warnings) {
      readSockets(proc, table, buffer, warnings);
      return 0;
    },
  });
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
