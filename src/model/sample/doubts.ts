import { groupDigits } from '../group-digits.ts';
import type { KernelReading } from '../../kernel/reading.ts';
import type { PortSettings } from './port-space.ts';
import type { ReuseCheck } from './reuse-check.ts';
import type { TupleGroup } from './tuple-group.ts';

/** What of a reading is assumed rather than read, a sentence each, safe to print: no group's free ports are known then. */
export function doubtsOf(
  { unreadSockets, sysctlsElsewhere }: KernelReading,
  { warnings: assumed }: PortSettings,
): string[] {
  const elsewhere = sysctlsElsewhere === undefined ? [] : [sysctlsElsewhere];
  const unread =
    unreadSockets === undefined ? [] : [`${unreadSockets} could not be read, and may hold ports`];
  return [...unread, ...assumed, ...elsewhere];
}

/** The group with as little left as the doubts leave sure: nothing. */
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

/** The group with what is known of reuse: where it may not work, what would be taken over is not sure. */
export function withReuse(group: TupleGroup, reuse: ReuseCheck | undefined): TupleGroup {
  if (reuse === undefined) return group;
  if (reuse.works === false) return { ...group, reuse, freedByReuse: 0 };
  // As many of those in TIME_WAIT will have timestamps as of the live ones.
  const share = reuse.evidence === 'timestamps' ? reuse.seen / reuse.expected : 1;
  const freedByReuse = Math.floor(share * group.freedByReuse);
  if (group.reusable === 0) return { ...group, reuse, freedByReuse };
  return {
    ...group,
    reuse,
    freedByReuse,
    freeAtLeast: group.freeAtLeast - group.reusable,
    uncertain: [group.uncertain, reuseDoubtText(group.reusable, reuse)].filter(Boolean).join(' '),
  };
}

function reuseDoubtText(reusable: number, { evidence, expected, seen }: ReuseCheck): string {
  if (evidence === 'timestamps')
    return `${groupDigits(reusable)} ports in TIME_WAIT may not be taken over: ${expected - seen} of ${expected} live connections asked about have no TCP timestamps.`;
  return `${groupDigits(reusable)} ports in TIME_WAIT may not be taken over: ${groupDigits(expected)} connections should have done so, and the kernel counts ${groupDigits(seen)}.`;
}
