import type { SourceEvidence } from './evidence.ts';
import {
  GAP_DEVIATIONS,
  isBeyondSurvivors,
  isDisjointByBind,
  isMostlyFree,
  isUsedUp,
} from './likelihood.ts';
import type { Rows } from './rows.ts';
import type { History, Overflow, Verdict } from './verdict.ts';

/** Fewer ports of the first half out of connect()'s order are no sign. */
const FEWEST_OUT_OF_ORDER = 10;

/**
 * The doubt about a group that binds where bind() may once have used up the second half, with connections that are gone and
 * that nobody saw: its ports of the first half may be bound if connect() does not seem to have taken them in turn.
 */
export function withFormerOverflow(
  { taken }: SourceEvidence,
  { halves }: Rows,
  { vanished = 0 }: History,
): (verdict: Verdict) => Verdict {
  const mayHaveBeen = isUsedUp(taken[1] + vanished, halves.usable(1));
  return (verdict) => {
    const { group, bound, firstToo, byNumber, isWitnessed } = verdict;
    const isAsked = mayHaveBeen && bound === 'certain' && isWitnessed !== true && byNumber !== true;
    if (!isAsked || firstToo === true || group.first < FEWEST_OUT_OF_ORDER) return verdict;
    return 2 * group.steps().firstRuns.size < group.first
      ? { firstDoubt: 'overflow', ...verdict }
      : verdict;
  };
}

/** Whether a source's ports of the first half may be bound too. */
export function overflowOf(
  { taken, takenLow, expectedPairs, sharedPairs }: SourceEvidence,
  verdicts: readonly Verdict[],
  { halves }: Rows,
  { hasOverflown }: History,
): Overflow {
  const mayBind = ({ bound, doubt }: Verdict) =>
    bound === 'certain' || doubt === 'rush' || doubt === 'closed-rush';
  if (verdicts.some(mayBind)) {
    // Those it has in the first half stay bound when some of the second are free again.
    if (isDisjointByBind(expectedPairs[0], sharedPairs[0])) return 'certain';
    const wasUsedUp = verdicts.some(({ group }) => hasOverflown?.(group.tuple) === true);
    if (wasUsedUp || isUsedUp(taken[1], halves.usable(1))) return 'possible';
  } else if (!verdicts.some(({ doubt }) => doubt === 'block')) return 'no';
  // With SO_REUSEADDR, bind() searches both parities of the lower half of the range first. Without, it leaves its last gaps
  // together, in whichever half: searches go on to the next free port.
  const usableLow = halves.usable(1, 0, halves.middle - 1);
  const usableHigh = halves.usable(1) - usableLow;
  const freeLow = usableLow - takenLow;
  const freeHigh = halves.usable(1) - taken[1] - freeLow;
  const isRoomy = isMostlyFree(usableHigh - freeHigh, usableHigh);
  const isLow =
    isUsedUp(takenLow, usableLow) &&
    isBeyondSurvivors(freeHigh, freeLow, isRoomy ? undefined : GAP_DEVIATIONS);
  return isLow ? 'low' : 'no';
}
