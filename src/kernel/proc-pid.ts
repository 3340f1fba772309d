import type { ForeignText } from './foreign-text.ts';

const LARGEST_INODE = 0xffff_ffff;

/** The inode in a link of /proc/PID/fd to a socket, `socket:[123]`; undefined for a link to anything else. */
export function parseSocketLink(target: string): number | undefined {
  if (!target.startsWith('socket:[')) return undefined;
  const match = /^socket:\[([1-9]\d{0,9})\]$/.exec(target);
  const inode = Number(match?.[1]);
  // Socket inodes have 32 bits (get_next_ino in fs/inode.c).
  return inode <= LARGEST_INODE ? inode : undefined;
}

/** The pid that an entry of /proc stands for; undefined for anything but a process. */
export function parsePid(name: string): number | undefined {
  return /^[1-9]\d{0,9}$/.test(name) ? Number(name) : undefined;
}

/**
 * A process' name from /proc/PID/comm: it is up to the process what stands there, at most
 * 15 bytes and a newline (TASK_COMM_LEN in include/linux/sched.h). It may be empty.
 */
export function parseCommand(text: string): ForeignText {
  return text.replace(/\n$/, '');
}

/**
 * The limits for open files, soft and hard, from /proc/PID/limits (proc_pid_limits(5)); undefined where the
 * line is not there or cannot be read.
 */
export function parseOpenFilesLimits(
  text: string,
): { readonly limit: number; readonly hardLimit: number } | undefined {
  const match = /^Max open files +(\d{1,15}|unlimited) +(\d{1,15}|unlimited)(?: |$)/m.exec(text);
  if (match === null) return undefined;
  const [limit, hardLimit] = [match[1], match[2]].map((word) =>
    word === 'unlimited' ? Infinity : Number(word),
  ) as [number, number];
  return { limit, hardLimit };
}

/** PF_KTHREAD in include/linux/sched.h */
const KERNEL_THREAD = 0x0020_0000;
/** Where the flags stand behind the name (proc_pid_stat(5), field 9). */
const FLAGS_AFTER_NAME = 6;
const START_AFTER_NAME = 19;

/** True for the /proc/PID/stat of a kernel thread, which has no files of its own. */
export function isKernelThread(stat: string): boolean {
  return (Number(fieldsAfterName(stat)[FLAGS_AFTER_NAME]) & KERNEL_THREAD) !== 0;
}

/** When a process was started, in clock ticks since boot, from its /proc/PID/stat; undefined: it is not told. */
export function parseStartTime(stat: string): number | undefined {
  const text = fieldsAfterName(stat)[START_AFTER_NAME] ?? '';
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** The name may hold blanks and parentheses, so that only its last one ends it. */
function fieldsAfterName(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
