import { groupDigits } from '../group-digits.ts';
import type { KernelReading } from '../../kernel/reading.ts';
import type { PortSettings } from './port-space.ts';
import type { ReuseCheck } from './reuse-check.ts';
import type { TupleGroup } from './tuple-group.ts';

/** What could not be read and is assumed: a sentence each, safe to print. If any, no group's free ports are known. */
export function doubtsOf(
  { unreadSockets, sysctlsElsewhere }: KernelReading,
  { warnings: assumed }: PortSettings,
): string[] {
  const elsewhere = sysctlsElsewhere === undefined ? [] : [sysctlsElsewhere];
  const unread =
    unreadSockets === undefined ? [] : [`${unreadSockets} could not be read, and may hold ports`];
  return [...unread, ...assumed, ...elsewhere];
}

/** The group with no port surely free, if there are doubts. */
export function doubted(group: TupleGroup, doubts: readonly string[]): TupleGroup {
  if (doubts.length === 0) return group;
  const own = group.uncertain === undefined ? [] : [group.uncertain];
  return {
    ...group,
    freeAtLeast: Math.min(0, group.freeAtLeast),
    uncertain: [...own, ...doubts].join('; '),
    isAssumed: true,
  };
}

/** The group with the result of the reuse check. If reuse may not work, reusable ports are not surely free. */
export function withReuse(group: TupleGroup, reuse: ReuseCheck | undefined): TupleGroup {
  if (reuse === undefined) return group;
  if (reuse.works === false) return { ...group, reuse, freedByReuse: 0 };
  return {
    ...group,
    reuse,
    freeAtLeast: group.freeAtLeast - group.reusable,
    uncertain: [group.uncertain, reuseDoubtText(group.reusable, reuse)].filter(Boolean).join(' '),
  };
}

function reuseDoubtText(reusable: number, { expected, seen }: ReuseCheck): string {
  return `connect() may fail to take over ${groupDigits(reusable)} ports in TIME_WAIT: ${groupDigits(expected)} connections should have taken one over, and the kernel counts ${groupDigits(seen)}.`;
}
