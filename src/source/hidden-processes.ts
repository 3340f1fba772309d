import { parseHidePid, mayTraceAll } from '../kernel/hide-pid.ts';
import { printable, rawText } from '../kernel/foreign-text.ts';
import { type ProcRoot, procRoot } from './proc-root.ts';
import { errorCode, readText } from './read-file.ts';

/** The user who looks. */
export interface Viewer {
  /** Where its own /proc/self is. */
  readonly own: ProcRoot;
  /** All its groups. */
  readonly groups: readonly number[];
}

/**
 * Why other users' processes are invisible in the procfs of `processes`, and how to see them, in a sentence. Undefined:
 * they are not hidden as a whole, or it is not known.
 */
export function hiddenProcesses(processes: ProcRoot, viewer = thisProcess()): string | undefined {
  const mountPoint = processes.path('.');
  const hiding = parseHidePid(textOf(viewer.own, 'self/mountinfo'), mountPoint);
  if (hiding === undefined || mayTraceAll(textOf(viewer.own, 'self/status'))) return undefined;
  const { mode, group } = hiding;
  if (group !== undefined && viewer.groups.includes(group)) return undefined;
  const asMember =
    group === undefined || group === 0
      ? 'or mount it with hidepid=invisible and gid= one of your groups'
      : `or as a member of group ${group}`;
  return `all processes of other users are hidden (${printable(mountPoint)} is mounted with hidepid=${mode}): run as root to see them, ${asMember}`;
}

function thisProcess(): Viewer {
  const groups = [...(process.getgroups?.() ?? []), process.getegid?.() ?? -1];
  return { own: procRoot('/proc'), groups };
}

function textOf(proc: ProcRoot, name: string): string {
  try {
    return rawText(readText(proc.path(name)));
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return '';
  }
}
