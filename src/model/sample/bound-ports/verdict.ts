import type { PortRange } from '../../../kernel/port-range.ts';
import type { GroupEvidence, SourceEvidence } from './evidence.ts';
import {
  hadNoRush,
  hasClearRoom,
  isBeyondSurvivors,
  isConfined,
  isChosenBlock,
  isDisjointByBind,
  isInOrderOfBind,
  isSharedByChance,
  isSharedByNumber,
  isStreamOfBinds,
} from './likelihood.ts';

/**
 * Why it is not known whether ports are bound:
 *
 * - `rush`: they were, or connect() took them while the first half was full;
 * - `closed-rush`: the same of ports that are in TIME_WAIT, all of them;
 * - `overflow`: bind() has used up the second half for a source address, and ports of the first may be its as well;
 * - `block`: they were bound by number, or are a program's own range (IP_LOCAL_PORT_RANGE), or the range was narrower.
 */
export type Doubt = 'rush' | 'closed-rush' | 'overflow' | 'block';

/** What earlier samples saw of a group: connections of the second half while the first was full, or had room. */
export type Witness = 'rush' | 'bind';

/** What is known besides the rows. */
export interface History {
  /** Outgoing connections that were opened since the counters began and are not among the rows; undefined: not told. */
  readonly vanished?: number | undefined;
  /** TIME_WAIT sockets that were taken over since then. */
  readonly timeWaitReused?: number | undefined;
  /** Ranges that were in force before, as earlier samples saw. */
  readonly formerRanges?: readonly PortRange[] | undefined;
  /** What earlier samples saw of a tuple. */
  readonly witnessOf?: ((tuple: number) => Witness | undefined) | undefined;
}

/** What is concluded of a group's ports of the second half. */
export interface Verdict {
  readonly group: GroupEvidence;
  /** Bound for sure, perhaps (see `doubt`), or not. */
  readonly bound: 'certain' | 'possible' | 'no';
  readonly doubt?: Doubt;
  /** True where the ports that others of the source have as well are meant too. */
  readonly sharedToo?: boolean;
  /** True where the order of age says the same of its first half. */
  readonly firstToo?: boolean;
  /** True where it seems to have a range of its own. */
  readonly ownRange?: boolean;
}

/** What is to be thought of a source's ports of the first half. */
export type Overflow = 'no' | 'possible' | 'certain';

/** Ports usable by connect(), and those of the first half that other groups may have bound. */
export interface Halves {
  readonly first: number;
  readonly second: number;
  readonly firstBlocked: number;
}

/** Weighs what is seen of one group. The order is that of the strength of the evidence. */
export function judge(
  group: GroupEvidence,
  source: SourceEvidence,
  halves: Halves,
  history: History,
): Verdict {
  const room = halves.first - group.first - halves.firstBlocked;
  const isClear = hasClearRoom(room, halves.first);
  const noRush = hadNoRush(room, history.vanished);
  const all = { group, bound: 'certain', sharedToo: true } as const;
  const witness = history.witnessOf?.(group.tuple);
  // connect() took them while that was full.
  if (isWithin(group, history.formerRanges) && witness !== 'bind') return { group, bound: 'no' };
  if ((isClear || noRush) && isChosenBlock(group.block, halves.second)) {
    return group.second === 0
      ? { group, bound: 'no', ownRange: true }
      : { group, bound: 'possible', doubt: 'block', sharedToo: true, ownRange: true };
  }
  const none = { group, bound: 'no' } as const;
  if (group.second === 0) return none;
  // In a small part of the range the first half may have been full, when the range was narrower.
  if (noRush)
    return isConfined(group.block, halves.second)
      ? { group, bound: 'possible', doubt: 'block', sharedToo: true }
      : all;
  if (witness === 'bind') return all;
  if (isClear && isSharedByNumber(group.second, group.shared, group.evenlyShared)) return all;
  if (witness === 'rush' || group.shared === group.second) return none;
  const certain = { group, bound: 'certain' } as const;
  if (isDisjoint(group, source)) return certain;
  if (history.timeWaitReused === 0 && isInOrderOfBind(group.order()))
    return { ...certain, firstToo: true };
  if (!isClear || isSharedByChance(group.shared, group.expectedShared)) return none;
  if (isStreamOfBinds(group.closes)) return certain;
  const own = group.second - group.shared;
  if (history.vanished === undefined && isBeyondSurvivors(own, group.first)) return certain;
  return { group, bound: 'possible', doubt: group.live > 0 ? 'rush' : 'closed-rush' };
}

/** True where a narrower range of before explains the block. */
function isWithin({ low, high }: GroupEvidence, ranges: readonly PortRange[] = []): boolean {
  return ranges.some((range) => range.low <= low && high <= range.high);
}

function isDisjoint(group: GroupEvidence, { expectedPairs, sharedPairs }: SourceEvidence): boolean {
  return (
    isDisjointByBind(group.expectedShared, group.shared) ||
    isDisjointByBind(expectedPairs[1], sharedPairs[1])
  );
}
