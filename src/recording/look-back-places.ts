import type { LookBackLimits, LookedBackIn } from './look-back.ts';
import type { NumberedSample } from './samples.ts';

/** Of so many members, which are a second each, all places have a sample each, to tell rates from. */
const CLOSE_MEMBERS = 12;
/** A place that has no sample in so many was not there, or is not worth the time. */
const MOST_MEMBERS = 120;

/**
 * Of a recording of several places: the samples up to number `from` that tell how all of them were at that time, the
 * oldest first: of each place one a second for the last seconds, and its last one before. Fewer where it would take longer
 * than `longestMs`.
 */
export async function lookBackPlaces(
  { samples, index, clock }: LookedBackIn,
  from: number,
  { isEnough, longestMs }: LookBackLimits,
): Promise<NumberedSample[]> {
  const startedMs = clock.monotonicMs();
  const found: NumberedSample[] = [];
  const seen = new Set<string>();
  const last = index.memberOf(from);
  for (let member = last; member >= 0 && last - member < MOST_MEMBERS; member--) {
    const isClose = last - member < CLOSE_MEMBERS;
    if (!isClose && seen.size >= samples.places) break;
    if (isEnough() || (seen.size > 0 && clock.monotonicMs() - startedMs > longestMs)) break;
    const first = index.firstSampleOf(index.keyframeBefore(member));
    const end = member === last ? from + 1 : index.firstSampleOf(member + 1);
    const newest = new Map<string, NumberedSample>();
    for await (const each of samples.between(first, end, isEnough))
      newest.set(each.sample.place.id, each);
    for (const [id, each] of newest) {
      if (isClose || !seen.has(id)) found.push(each);
      seen.add(id);
    }
    member = index.memberOf(first);
  }
  return found.toSorted((a, b) => a.index - b.index);
}
