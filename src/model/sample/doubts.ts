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
  // The share of TIME_WAIT sockets with timestamps is estimated from the live connections.
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
    return `connect() may fail to take over ${groupDigits(reusable)} ports in TIME_WAIT: ${expected - seen} of ${expected} live connections checked have no TCP timestamps.`;
  return `connect() may fail to take over ${groupDigits(reusable)} ports in TIME_WAIT: ${groupDigits(expected)} connections should have taken one over, and the kernel counts ${groupDigits(seen)}.`;
}

/** The group where nothing shows that reuse works. Nothing speaks against it either, so that this raises no alarm. */
export function withUnshownReuse(group: TupleGroup): TupleGroup {
  const { reusable, unsupportedDoubt = 0, uncertain } = group;
  // Some of them may be in doubt already.
  const freeAtLeast = Math.max(Math.min(0, group.freeAtLeast), group.freeAtLeast - reusable);
  const text = `connect() may fail to take over ${groupDigits(reusable)} ports in TIME_WAIT: it has taken over none since the counters began, and no live connection shows whether the peer has TCP timestamps.`;
  return {
    ...group,
    freeAtLeast,
    unsupportedDoubt: unsupportedDoubt + group.freeAtLeast - freeAtLeast,
    uncertain: [uncertain, text].filter(Boolean).join(' '),
  };
}
