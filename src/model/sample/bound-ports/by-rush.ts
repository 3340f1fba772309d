import { isMostlyInStep } from './beside-full-half.ts';
import type { GroupEvidence } from './evidence.ts';
import type { BothWays } from './port-steps.ts';
import { haveEnded, isBeyondSurvivors, isInBatches, isInTurn } from './likelihood.ts';

/* What a group's ports of the second half tell where connect() may have taken them in a rush that is over. */

/** The doubt about ports that a rush explains as well as bind(). */
export function rushOf({ live }: GroupEvidence): 'rush' | 'closed-rush' {
  return live > 0 ? 'rush' : 'closed-rush';
}

/** The conclusion where a rush explains the ports as well as bind(): a doubt, and whether anything speaks for bind(). */
export function byRush(group: GroupEvidence) {
  const { closes, live, first } = group;
  const isOutOfTurn = live > 0 && !isMostlyInStep(group.steps().liveSecond);
  const isBacked = isOutOfTurn && isBeyondSurvivors(live, first);
  const verdict = { group, bound: 'possible', doubt: rushOf(group), isBacked } as const;
  // A stream of closes goes on, as that of a program that binds.
  if (isBacked || (closes.count > 0 && !haveEnded(closes))) return verdict;
  return { ...verdict, unsupported: isOutOfTurn ? 'closed' : 'all' } as const;
}

/** True if each of its ports of the second half follows the one before, as connect() takes them. */
export function isTakenInTurn({ live, closes, steps }: GroupEvidence): boolean {
  const { liveSecond, closedSecond } = steps();
  const { count, inStep } = liveSecond;
  const isLiveInTurn = live === 0 || (count >= live - 1 && inStep === count);
  return isLiveInTurn && (closes.count === 0 || isClosedInTurn(closedSecond));
}

/** True if ports were closed one by one along the range, or batch by batch. */
export function isClosedInTurn({ onward, back, batches }: BothWays): boolean {
  return isInTurn(onward, back) || isInBatches(batches, onward.count);
}
