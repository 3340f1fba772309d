import { fstatSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { errorCode } from './read-file.ts';

const O_ACCMODE = 3;
const O_WRONLY = 1;
/** The bit of SIGHUP, which is signal 1, in the masks of /proc/PID/status. */
const SIGHUP_BIT = 1n;

/** What the traces of nohup are looked for in; a value, so that tests can lay some. */
export interface HangupTraces {
  /** The command that the shell ran: bash and zsh say so in the environment, as `_`. */
  readonly command: string | undefined;
  /** The directory of this process in procfs. */
  readonly own: string;
  /** That of its parent. */
  readonly parent: string;
}

/**
 * True if the program was started to outlive a hangup, as by nohup(1). Node itself forgets that SIGHUP was ignored: it
 * resets every signal when it starts (PlatformInit in src/node.cc). But nohup runs under its own name, or leaves a stdin
 * that cannot be read in place of a terminal, or started the parent, a shell that still ignores the signal.
 */
export function isHangupIgnored(
  traces: HangupTraces = {
    command: process.env['_'],
    own: '/proc/self',
    parent: `/proc/${process.ppid}`,
  },
): boolean {
  return (
    (traces.command !== undefined && basename(traces.command) === 'nohup') ||
    isFound(() => isStdinUnreadable(traces.own)) ||
    isFound(() => ignoresHangup(traces.parent))
  );
}

/**
 * Dies of SIGHUP if this error says that the terminal is gone: a program with something to write may find that out before
 * the signal is there, and one that the terminal does not control gets none. False if the error is another one, or the
 * hangup is ignored.
 */
export function dieOfHangup(error: unknown): boolean {
  if (errorCode(error) !== 'EIO' || !isOfTerminal(error)) return false;
  if (isHangupIgnored()) return false;
  return process.kill(process.pid, 'SIGHUP');
}

/** An error of stdout is that of a write; files have those as well. */
function isOfTerminal(error: unknown): boolean {
  if (!(error instanceof Error) || !('syscall' in error)) return false;
  if (error.syscall === 'setRawMode') return true;
  return error.syscall === 'write' && isFound(() => fstatSync(1).isCharacterDevice());
}

/** nohup opens /dev/null for writing in place of a terminal, so that reading fails. */
function isStdinUnreadable(own: string): boolean {
  if (readlinkSync(`${own}/fd/0`) !== '/dev/null') return false;
  const [, flags] = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`${own}/fdinfo/0`, 'utf8')) ?? [];
  return (parseInt(flags ?? '', 8) & O_ACCMODE) === O_WRONLY;
}

function ignoresHangup(directory: string): boolean {
  const status = readFileSync(`${directory}/status`, 'utf8');
  const [, ignored] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  return ignored !== undefined && (BigInt(`0x${ignored}`) & SIGHUP_BIT) !== 0n;
}

/** False where procfs does not tell. */
function isFound(look: () => boolean): boolean {
  try {
    return look();
  } catch {
    return false;
  }
}
