import { constants } from 'node:os';
import { isSea } from 'node:sea';
import { printable } from '../kernel/foreign-text.ts';
import { ParseError } from '../kernel/parse-error.ts';
import { SystemCallError } from './libc.ts';
import { errorCode, failureReason } from './read-file.ts';
import { SourceError } from './source-error.ts';

/** Subject of the sentences, in full: a connection refused by its destination (ECONNREFUSED) is a different thing. */
export const REFUSALS = 'connect() calls refused for want of a port (EADDRNOTAVAIL)';

const AGAIN = 'it is tried again every 10 s';

/** The user, as far as the remedy depends on it. */
export interface Asker {
  readonly isRoot: boolean;
  /** The binary that would get capabilities: a script has none of its own. */
  readonly nodePath: string;
}

/**
 * Why refused connections cannot be seen, and how to see them: one sentence, safe to print. It explains errors of opening
 * the events and of reading tracefs, and rethrows any other error.
 */
export function whyUnseen(error: unknown, asker: Asker): string {
  if (error instanceof SystemCallError) return whyRefused(error, asker);
  if (error instanceof SourceError) return error.message;
  if (error instanceof ParseError)
    return `${REFUSALS} cannot be seen, because this kernel describes them differently (${error.message}).`;
  const code = errorCode(error);
  if (code === 'EACCES' || code === 'EPERM') return whyDenied(asker, `tracefs: ${code}`);
  if (code === undefined) throw error;
  return `${REFUSALS} cannot be seen: ${fileOf(error)}${failureReason(error)}.`;
}

/** "tracing/format: ", if the error names a file. */
function fileOf(error: unknown): string {
  return error instanceof Error && 'path' in error && typeof error.path === 'string'
    ? `${printable(error.path)}: `
    : '';
}

function whyRefused(error: SystemCallError, asker: Asker): string {
  const { errno } = constants;
  switch (error.errno) {
    case errno.EMFILE:
      return `${REFUSALS} take a file descriptor for each CPU, and there are none left (${error.message}): raise ulimit -n.`;
    case errno.ENFILE:
      return `${REFUSALS} take a file descriptor for each CPU, and the machine has none left (${error.message}): raise fs.file-max.`;
    case errno.EACCES:
    case errno.EPERM:
      // perf_mmap in kernel/events/core.c
      if (error.call === 'mmap')
        return `${REFUSALS} take locked memory, of which there is none left (${error.message}): raise ulimit -l, or kernel.perf_event_mlock_kb.`;
      return whyDenied(asker, error.message);
    case errno.ENOMEM:
      return `${REFUSALS} take memory of the kernel, which has none left (${error.message}); ${AGAIN}.`;
    case errno.EAGAIN:
    case errno.EBUSY:
    case errno.EINTR:
    case errno.ENOSPC:
      return `${REFUSALS} cannot be seen just now, because the kernel's perf events are busy (${error.message}); ${AGAIN}.`;
    // Errors of perf_event_open(2) and the ioctls for things that they do not know.
    case errno.E2BIG:
    case errno.EINVAL:
    case errno.ENODEV:
    case errno.ENOENT:
    case errno.ENOSYS:
    case errno.ENOTTY:
    case errno.EOPNOTSUPP:
      return `${REFUSALS} are seen through perf events for tracepoints, which this kernel does not offer (${error.message}): it takes one with CONFIG_PERF_EVENTS and CONFIG_FTRACE.`;
    default:
      return `${REFUSALS} cannot be seen (${error.message}); ${AGAIN}.`;
  }
}

/**
 * The records need CAP_PERFMON (perf_allow_tracepoint in include/linux/perf_event.h; CAP_SYS_ADMIN before Linux 5.8) in
 * the machine's user namespace, unless perf_event_paranoid is -1. tracefs belongs to root (mode 0700); another user
 * needs CAP_DAC_READ_SEARCH to read it.
 */
function whyDenied({ isRoot, nodePath }: Asker, reason: string): string {
  if (isRoot)
    return `${REFUSALS} are shown to the machine's root only, and this root is confined (${reason}): run ephtop on the host, or give its container CAP_PERFMON and /sys/kernel/tracing.`;
  return `${REFUSALS} are shown to root only (${reason}): use sudo, or sudo setcap cap_perfmon,cap_dac_read_search+ep ${nodePath}, which ${isSea() ? 'shows them to all who may run it' : 'lets every script of that Node read all files'}.`;
}
