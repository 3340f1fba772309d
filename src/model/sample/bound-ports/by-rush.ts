import { isMostlyInStep } from './beside-full-half.ts';
import type { GroupEvidence } from './evidence.ts';
import { haveEnded, isBeyondSurvivors, isInTurn } from './likelihood.ts';

/* What a group's ports of the second half tell where connect() may have taken them in a rush that is over. */

/** The doubt about ports that a rush explains as well as bind(). */
export function rushOf({ live }: GroupEvidence): 'rush' | 'closed-rush' {
  return live > 0 ? 'rush' : 'closed-rush';
}

/** The conclusion where a rush explains the ports as well as bind(): a doubt, and whether anything speaks for bind(). */
export function byRush(group: GroupEvidence) {
  const verdict = { group, bound: 'possible', doubt: rushOf(group) } as const;
  const { closes, live } = group;
  // A stream of closes goes on, as that of a program that binds.
  if (closes.count > 0 && !haveEnded(closes)) return verdict;
  if (live === 0 || isMostlyInStep(group.steps().liveSecond))
    return { ...verdict, unsupported: 'all' } as const;
  return isBeyondSurvivors(live, group.first)
    ? verdict
    : ({ ...verdict, unsupported: 'closed' } as const);
}

/** True if each of its ports of the second half follows the one before, as connect() takes them. */
export function isTakenInTurn({ live, closes, steps }: GroupEvidence): boolean {
  const { liveSecond, closedSecond } = steps();
  const { count, inStep } = liveSecond;
  const isLiveInTurn = live === 0 || (count >= live - 1 && inStep === count);
  return isLiveInTurn && (closes.count === 0 || isInTurn(closedSecond.onward, closedSecond.back));
}
