import { mountPointOf } from './mountinfo.ts';

/** What a procfs mount hides from users who may not trace a process (proc_show_options in fs/proc/root.c). */
export interface HidePid {
  /** As the kernel shows it: `2`, `invisible`; others hide nothing as a whole. */
  readonly mode: string;
  /** Members of this group see all; 0 unless gid= says otherwise; undefined: no group does. */
  readonly group: number | undefined;
}

/** Modes in which /proc hides the directories of such processes (has_pid_permissions in fs/proc/base.c). */
const INVISIBLE = new Set(['2', 'invisible']);
/** Modes that do so whatever gid= says. */
const PTRACEABLE = new Set(['4', 'ptraceable']);

/**
 * What the procfs at `mountPoint` hides, from /proc/self/mountinfo (proc_pid_mountinfo(5)). Undefined: it hides nothing,
 * or is not a mount of a procfs.
 */
export function parseHidePid(mountinfo: string, mountPoint: string): HidePid | undefined {
  // If several mounts share a mount point, the last is on top.
  const line = mountinfo.split('\n').findLast((text) => mountPointOf(text) === mountPoint);
  const [, type, , options = ''] = /^.* - (\S+) (\S+) (\S+)$/.exec(line ?? '') ?? [];
  if (type !== 'proc') return undefined;
  const values = new Map(options.split(',').map((option) => option.split('=') as [string, string]));
  const mode = values.get('hidepid') ?? '';
  if (PTRACEABLE.has(mode)) return { mode, group: undefined };
  return INVISIBLE.has(mode) ? { mode, group: Number(values.get('gid') ?? 0) } : undefined;
}

/** include/uapi/linux/capability.h */
const CAP_SYS_PTRACE = 19n;

/** True if, by /proc/self/status, this process may trace every other one in its user namespace. */
export function mayTraceAll(status: string): boolean {
  const capabilities = /^CapEff:\s*([\da-f]{1,16})$/m.exec(status)?.[1];
  return (
    capabilities !== undefined && ((BigInt(`0x${capabilities}`) >> CAP_SYS_PTRACE) & 1n) === 1n
  );
}
