import { constants } from 'node:os';
import { ParseError } from '../kernel/parse-error.ts';
import { SystemCallError } from './libc.ts';
import { errorCode } from './read-file.ts';
import { SourceError } from './source-error.ts';

/** Who asks, as far as the remedy depends on it. */
export interface Asker {
  readonly isRoot: boolean;
  /** The binary that capabilities would be given to: a script has none of its own. */
  readonly nodePath: string;
}

/**
 * Why refused connections cannot be seen, and what would bring it: one sentence, safe to print. For what opening the
 * events and reading tracefs throw; throws any other error on.
 */
export function whyUnseen(error: unknown, asker: Asker): string {
  if (error instanceof SystemCallError) return whyRefused(error, asker);
  if (error instanceof SourceError) return error.message;
  if (error instanceof ParseError)
    return `refused connections cannot be seen, as this kernel describes them in another way (${error.message}).`;
  const code = errorCode(error);
  if (code === 'EACCES' || code === 'EPERM') return whyDenied(asker, `tracefs: ${code}`);
  if (code !== undefined && error instanceof Error)
    return `refused connections cannot be seen (${error.message}).`;
  throw error;
}

function whyRefused(error: SystemCallError, asker: Asker): string {
  const { errno } = constants;
  switch (error.errno) {
    case errno.EMFILE:
    case errno.ENFILE:
      return `refused connections take a file descriptor for each CPU, and there are none left (${error.message}): raise ulimit -n.`;
    case errno.EACCES:
    case errno.EPERM:
      // perf_mmap in kernel/events/core.c
      if (error.call === 'mmap')
        return `refused connections take locked memory, of which there is none left (${error.message}): raise ulimit -l, or kernel.perf_event_mlock_kb.`;
      return whyDenied(asker, error.message);
    default:
      return `refused connections are seen through perf events for tracepoints, which this kernel does not offer (${error.message}): it takes one with CONFIG_PERF_EVENTS and CONFIG_FTRACE.`;
  }
}

/**
 * The records need CAP_PERFMON (perf_allow_tracepoint in include/linux/perf_event.h; CAP_SYS_ADMIN before Linux 5.8) in the
 * machine's user namespace, unless perf_event_paranoid is -1; tracefs is root's alone (mode 0700), and reading it as
 * another user needs CAP_DAC_READ_SEARCH.
 */
function whyDenied({ isRoot, nodePath }: Asker, reason: string): string {
  if (isRoot)
    return `refused connections are shown to the machine's root only, and this root is confined (${reason}): run ephtop on the host, or give its container CAP_PERFMON and /sys/kernel/tracing.`;
  return `refused connections are shown to root only (${reason}): use sudo, or sudo setcap cap_perfmon,cap_dac_read_search+ep ${nodePath}, which lets every script of that Node read all files.`;
}
