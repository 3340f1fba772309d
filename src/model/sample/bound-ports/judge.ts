import type { PortRange } from '../../../kernel/port-range.ts';
import type { GroupEvidence, SourceEvidence } from './evidence.ts';
import {
  byNumberText,
  disjointText,
  noRushText,
  orderText,
  SEEN_TEXT,
  stepsText,
  streamText,
  survivorsText,
} from './evidence-text.ts';
import { hasRoomByReuse, isMostlyInStep, scatteredBeside } from './beside-full-half.ts';
import { byRush, isClosedInTurn, isTakenInTurn, rushOf } from './by-rush.ts';
import { CHANCE_OF_STEP } from './port-rows.ts';
import {
  FEW,
  FULL_SHARE,
  hadNoRush,
  hasClearRoom,
  isBeyondSurvivors,
  isDisjointByBind,
  isInOrderOfBind,
  isInStep,
  isMostlyFree,
  isOutOfStep,
  isBeyondPool,
  isSharedByChance,
  isSharedByNumber,
  isStreamOfBinds,
  isUsedUp,
} from './likelihood.ts';
import { isChosenBlock, isFilledBlock, isNextTo, mayBeOwnRange } from './blocks.ts';
import type { Halves, History, Verdict } from './verdict.ts';

/** Weighs the evidence on one group. */
export function judge(
  group: GroupEvidence,
  source: SourceEvidence,
  halves: Halves,
  history: History,
): Verdict {
  if (halves.isLopsided) return judgeLopsided(group);
  const verdict = withFirstHalf(
    judgeHalves(group, source, halves, history),
    source,
    halves,
    history,
  );
  if (verdict.bound !== 'certain' || verdict.byNumber === true) return verdict;
  // In a half that is nearly full bind(), too, goes from gap to gap.
  if (!isMostlyFree(source.taken[1], halves.second)) return verdict;
  const { liveFirst, second } = group.steps();
  const { vanished = Infinity } = history;
  if (isInStep(second, CHANCE_OF_STEP)) {
    // So are connect()'s ports, in a rush or within an own range as wide as the whole one, and those that a program numbers.
    const because = stepsText(second, CHANCE_OF_STEP);
    const room = halves.first - group.first - halves.firstBlocked;
    return hadNoRush(room, history.vanished)
      ? { group, bound: 'possible', doubt: 'block', sharedToo: true, ...ownRangeOf(group), because }
      : { group, bound: 'possible', doubt: rushOf(group), because };
  }
  return vanished < MOST_MISSING * group.first && isOutOfStep(liveFirst)
    ? { ...verdict, firstDoubt: 'block' }
    : verdict;
}

/**
 * Where nearly all usable ports are of one half, only sharing and steps tell bind()'s ports from connect()'s. That groups
 * share none does not tell which of them binds.
 */
function judgeLopsided(group: GroupEvidence): Verdict {
  const { second, shared, expectedShared } = group;
  const isByConnect = isMostlyInStep(group.steps().second);
  return second === shared || isByConnect || isSharedByChance(shared, expectedShared)
    ? { group, bound: 'no' }
    : { group, bound: 'possible', doubt: 'lopsided' };
}

/** Once bind() has used up the second half, the order of ages tells whether it has taken the first one too. */
function withFirstHalf(
  verdict: Verdict,
  source: SourceEvidence,
  halves: Halves,
  { timeWaitReused }: History,
): Verdict {
  const { group, bound } = verdict;
  const isAsked = bound === 'certain' && isUsedUp(source.taken[1], halves.second);
  return isAsked && isOlderByBind(group, timeWaitReused) ? { ...verdict, firstToo: true } : verdict;
}

/**
 * True if the ages of TIME_WAIT are in the order in which bind() takes ports. connect() can leave that order too, in a
 * load that goes on for longer than TIME_WAIT, and a pool that is closed from its newest connection back: their ports
 * follow each other, unless connections lived for different times.
 */
function isOlderByBind(group: GroupEvidence, timeWaitReused: number | undefined): boolean {
  if (timeWaitReused !== 0 || !isInOrderOfBind(group.order())) return false;
  return !isClosedInTurn(group.steps().closedSecond);
}

/** With fewer connections gone than this share, those that are left show how connect() went on from port to port. */
const MOST_MISSING = 0.1;

/** The same by the halves of the range, strongest evidence first. */
function judgeHalves(
  group: GroupEvidence,
  source: SourceEvidence,
  halves: Halves,
  history: History,
): Verdict {
  const room = halves.first - group.first - halves.firstBlocked;
  const isClear = hasClearRoom(room, halves.first);
  const noRush = hadNoRush(room, history.vanished);
  const all = { group, bound: 'certain', sharedToo: true } as const;
  const witness = history.witnessOf?.(group.tuple, {
    isFull: room <= FULL_SHARE * halves.first,
    secondHeld: group.second + group.noPort,
    secondUsable: halves.second,
  });
  // connect() took these ports if the first half of an earlier, narrower range was full, which samples of then saw.
  if (isWithin(group, history.formerRanges) && witness !== 'bind')
    return witness === 'rush' || group.second === 0 ? { group, bound: 'no' } : byRush(group);
  const isChosen =
    isChosenBlock(group.block, halves.second) ||
    isFilledBlock(group.block, halves.second) ||
    isNextTo(group.block, group.first, halves.first);
  // Few ports that are left of a rush that was seen lie in a block by chance.
  if ((isClear || noRush) && isChosen && witness !== 'rush') {
    return group.second === 0
      ? { group, bound: 'no', ...ownRangeOf(group) }
      : { group, bound: 'possible', doubt: 'block', sharedToo: true, ...ownRangeOf(group) };
  }
  const none = { group, bound: 'no' } as const;
  if (group.second === 0) return none;
  if (isClear && isSharedByNumber(group.second, group.shared, group.evenlyShared))
    return { ...all, byNumber: true, because: byNumberText(group) };
  // Ports confined to a small part of the range may date from a narrower range whose first half was full.
  if (noRush)
    return mayBeOwnRange(group, halves)
      ? { group, bound: 'possible', doubt: 'block', sharedToo: true }
      : { ...all, because: noRushText(room, history.vanished ?? 0) };
  if (witness === 'bind') return { ...all, isWitnessed: true, because: SEEN_TEXT };
  if (witness === 'rush')
    return { ...(isClear ? none : besideFullHalf(group, source, halves)), isWitnessed: true };
  if (witness === 'both')
    return { group, bound: 'possible', doubt: rushOf(group), isWitnessed: true };
  if (witness === 'maybe' && (isClear || room > FULL_SHARE * halves.first))
    return { group, bound: 'possible', doubt: rushOf(group), unsupported: 'all' };
  const verdict = judgeRest(group, source, { room, isClear, halves }, history);
  if (witness !== 'some' || verdict.bound === 'certain') return verdict;
  const { unsupported: _, ...supported } = verdict;
  return verdict.bound === 'no'
    ? { group, bound: 'possible', doubt: rushOf(group), isWitnessed: true }
    : supported;
}

/** The same where neither a block nor an earlier sample tells. */
function judgeRest(
  group: GroupEvidence,
  source: SourceEvidence,
  { room, isClear, halves }: { room: number; isClear: boolean; halves: Halves },
  history: History,
): Verdict {
  const none = { group, bound: 'no' } as const;
  if (group.shared === group.second) return none;
  const certain = (because: string) => ({ group, bound: 'certain', because }) as const;
  const disjoint = disjointPairs(group, source);
  if (disjoint !== undefined) return { ...certain(disjointText(disjoint)), isDisjoint: true };
  if (isOlderByBind(group, history.timeWaitReused)) {
    const order = group.order();
    // In a rush the first half was full of connections that are gone now, whoever has its ports today. What was closed after
    // a pause may be the same ones: a pool that was closed when what it could do without had been. One that was closed at once
    // may have been so from its newest connection back, and closes too close to each other hide the steps.
    return hadNoRush(room + order.first, history.vanished) &&
      isBeyondPool(order, group.steps().closedSecond)
      ? { ...certain(orderText(order)), firstToo: true }
      : { group, bound: 'possible', doubt: rushOf(group), firstDoubt: 'closed-rush' };
  }
  if (!isClear && !hasRoomByReuse(group, room, halves.first))
    return besideFullHalf(group, source, halves);
  if (isSharedByChance(group.shared, group.expectedShared))
    return isTakenInTurn(group)
      ? none
      : { group, bound: 'possible', doubt: 'shared', unsupported: 'all' };
  if (!isClear) return byRush(group);
  if (isStreamOfBinds(group)) return certain(streamText(group.closes));
  const own = group.second - group.shared;
  if (history.vanished === undefined && isBeyondSurvivors(own, group.first))
    return certain(survivorsText(own, group.first));
  return byRush(group);
}

/** The conclusion where a rush fills the first half: connect() took what it takes in turn; bind() may have the rest. */
function besideFullHalf(group: GroupEvidence, { taken }: SourceEvidence, halves: Halves): Verdict {
  const unlike = { group, bound: 'possible', isUnlikeRush: true } as const;
  // A pool that replaces its connections has young ones in its first half too.
  if (isInOrderOfBind(group.steps().liveOrder)) {
    // It goes on to the first half once the second is used up; some of that may be free again.
    const mayGoOn = !isMostlyFree(taken[1], halves.second);
    const firstDoubt = mayGoOn ? ({ firstDoubt: 'overflow' } as const) : {};
    return { ...unlike, doubt: 'rush', ...firstDoubt, unsupported: 'all' };
  }
  const scattered = scatteredBeside(group, taken[1], halves.second);
  if (scattered === undefined) return { group, bound: 'no' };
  const { isByBind, inTurn } = scattered;
  const unsupported = isByBind ? 'closed' : 'all';
  return { ...unlike, doubt: 'scattered', unsupported, inTurn };
}

/**
 * The supposition that a group takes no port but those of its block, unless most of its ports lie elsewhere, or there are so few
 * that nobody can say how far the block goes.
 */
function ownRangeOf({ first, second, noPort, block }: GroupEvidence): Pick<Verdict, 'ownRange'> {
  const inside = block.first + block.second;
  return inside < FEW || 2 * inside < first + second + noPort ? {} : { ownRange: true };
}

/** True if an earlier, narrower range explains the block. */
function isWithin({ low, high }: GroupEvidence, ranges: readonly PortRange[] = []): boolean {
  return ranges.some((range) => range.low <= low && high <= range.high);
}

/** Pairs that independent searches would share, for the group or its whole source, where they share none; undefined: they do. */
function disjointPairs(
  group: GroupEvidence,
  { expectedPairs, sharedPairs }: SourceEvidence,
): number | undefined {
  if (isDisjointByBind(group.expectedShared, group.shared)) return group.expectedShared;
  return isDisjointByBind(expectedPairs[1], sharedPairs[1]) ? expectedPairs[1] : undefined;
}
