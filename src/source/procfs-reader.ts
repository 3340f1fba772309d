import { endianness } from 'node:os';
import type { IpFamily } from '../kernel/ip-address.ts';
import { printable } from '../kernel/foreign-text.ts';
import { ProcNetTcpParser } from '../kernel/proc-net-tcp.ts';
import type { SocketTable } from '../kernel/socket-table.ts';
import type { Clock } from './clock.ts';
import {
  type KernelReader,
  kernelReader,
  type ReadingKit,
  readingKit,
  type SocketHints,
  type SocketReader,
} from './kernel-files.ts';
import { errorCode, failureReason, isForbidden } from './read-file.ts';
import { SourceError } from './source-error.ts';
import type { WatchedPlace } from './watched-place.ts';

/**
 * A reader of /proc/net/tcp, tcp6, the sysctls and the counters. It is synchronous on purpose: the file
 * comes in thousands of small reads, and an asynchronous one for each costs several times the work; call
 * it off the UI's thread. Buffers and table are kept from reading to reading.
 */
export function procfsReader(
  watched: WatchedPlace,
  clock: Clock,
  { table, buffer }: ReadingKit = readingKit(),
): KernelReader {
  const read: SocketReader['read'] = (sockets, warnings, { moments }) => ({
    leftOut: 0,
    unreadSockets: readSockets({ watched, table: sockets, buffer, moments }, warnings),
  });
  return kernelReader('procfs', watched, clock, { read }, table);
}

/** Where the sockets are read, and into what. */
interface SocketFile extends Pick<SocketHints, 'moments'> {
  readonly watched: WatchedPlace;
  readonly table: SocketTable;
  readonly buffer: Uint8Array;
}

/**
 * Reads both families; returns what could not be read of them, undefined: all was read. The kernel writes only rows that
 * can be read, so a bad one tells of a file that is cut or spoiled: what else it lacks is not known.
 */
function readSockets(from: SocketFile, warnings: string[]): string | undefined {
  const [failures, notes]: [string[], string[]] = [[], []];
  let isDenied = false;
  const unread: string[] = [];
  for (const family of [4, 6] as const) {
    const { file, failure, problem, denied = false } = readFamily(from, family);
    isDenied ||= denied;
    if (failure === undefined && problem === undefined) continue;
    const isPart = hasFamily(from.table, family);
    unread.push(isPart ? `some IPv${family}` : `IPv${family}`);
    if (problem !== undefined) warnings.push(`${problem}; what cannot be read is not counted`);
    if (failure === undefined) continue;
    failures.push(`${printable(file)}: ${failure}`);
    notes.push(`${failures.at(-1)}; ${isPart ? 'some of ' : ''}its sockets are not counted`);
  }
  if (failures.length === 2) {
    const remedy = isDenied ? '. Run ephtop as a user who may read them' : '';
    throw new SourceError(`${failures.join(', ')}: no socket can be seen${remedy}.`);
  }
  warnings.push(...notes);
  return unread.length === 0 ? undefined : `${unread.join(' and ')} sockets`;
}

function hasFamily({ tuples }: SocketTable, family: IpFamily): boolean {
  for (let tuple = 0; tuple < tuples.count; tuple++)
    if (tuples.familyOf(tuple) === family) return true;
  return false;
}

/** What was read of one family. `failure`: why it cannot be read (`denied`: to this user); `problem`: bad rows. */
interface FamilyOutcome {
  readonly file: string;
  readonly failure?: string;
  readonly denied?: boolean;
  readonly problem?: string;
}

/** Reads the sockets of one family. */
function readFamily(
  { watched: { proc, byteOrder = endianness() }, table, buffer, moments }: SocketFile,
  family: IpFamily,
): FamilyOutcome {
  const relative = family === 4 ? 'net/tcp' : 'net/tcp6';
  const file = proc.path(relative);
  const parser = new ProcNetTcpParser({ file, family, byteOrder }, table);
  let isEmpty = true;
  try {
    const consume = (end: number) => {
      isEmpty = false;
      return parser.push(buffer, 0, end);
    };
    const left = proc.readPieces(relative, buffer, consume, () => moments.note());
    parser.finish(buffer, 0, left);
  } catch (error) {
    const missing = errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
    if (missing && family === 4) throw noTcpTable(file);
    // Without IPv6 the kernel has no tcp6: nothing is amiss.
    if (missing) return { file };
    return { file, failure: failureReason(error), denied: isForbidden(error) };
  }
  // The kernel writes a title row even where there is no socket.
  if (isEmpty) return { file, failure: 'empty' };
  if (parser.firstProblem === undefined) return { file };
  const others = parser.malformedRows > 1 ? ` (and ${parser.malformedRows - 1} more rows)` : '';
  return { file, problem: parser.firstProblem + others };
}

function noTcpTable(file: string): SourceError {
  return new SourceError(
    `${printable(file)} is not there: ${process.platform === 'linux' ? 'procfs is not mounted, or this kernel has no TCP' : 'this is not Linux'}. ` +
      'Run ephtop on the Linux machine itself, or watch it from here: --via "ssh HOST".',
  );
}
