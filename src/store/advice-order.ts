import type { Advice, AdviceId } from '../model/advice/advice.ts';
import type { Model } from '../model/model.ts';
import { severityRank } from '../model/severity.ts';

/** How the suggestions of the newest model of a place stand on the screen. Times are Unix ms of samples. */
export interface AdviceOrder {
  /** When they were in the order of their figures last. */
  readonly sortedAtMs: number;
  /** What stood there before the last change, and when that was; undefined: it has been long enough. */
  readonly before: { readonly ids: readonly AdviceId[]; readonly changedAtMs: number } | undefined;
}

/** Suggestions stand out of order for less than this. */
const LONGEST_OUT_OF_ORDER_MS = 5000;
/** Ms after a change in which a number still means what stood there before: nobody reads and presses faster. */
export const READ_MS = 1000;
/** Headroom in percent that makes a new first one worth moving the others at once. */
const PLAINLY_BETTER_PERCENT = 25;

/**
 * Puts the suggestions of a place's next model in the order in which they stand on the screen, so that their numbers do
 * not move while somebody is about to press one: unless the first one is now plainly better, for less than 5 s. An outage puts
 * them in order when it begins; from then on the first one stays the first as long as it helps, unless a graver one comes.
 */
export function steadyAdvice(
  last: Model | undefined,
  order: AdviceOrder | undefined,
  next: Model,
): { readonly model: Model; readonly order: AdviceOrder } {
  const atMs = next.sample.takenAtMs;
  const kept = last === undefined ? next.advice : inOrderOf(last.advice, next.advice);
  const sinceMs = atMs - (order?.sortedAtMs ?? -Infinity);
  // A recording may go on at another time.
  const outage = outageOf(last, next);
  const isDue = sinceMs < 0 || sinceMs >= LONGEST_OUT_OF_ORDER_MS || outage === 'begins';
  const sorted = outage === 'goes on' ? firstStays(kept[0], next.advice) : next.advice;
  const isSorted = isDue || isPlainlyBetter(sorted[0], kept[0]) || isSame(kept, sorted);
  const advice = isSorted ? sorted : kept;
  const hasMoved = last !== undefined && !isSame(advice.slice(0, last.advice.length), last.advice);
  const before = order?.before;
  const isRead = before === undefined || Math.abs(atMs - before.changedAtMs) >= READ_MS;
  return {
    model: advice === next.advice ? next : { ...next, advice },
    order: {
      sortedAtMs: isSorted ? atMs : (order?.sortedAtMs ?? atMs),
      // What is moved twice in a second was read before the first time.
      before: !isRead
        ? before
        : hasMoved
          ? { ids: last.advice.map(({ id }) => id), changedAtMs: atMs }
          : undefined,
    },
  };
}

/** Where an outage of the worst group stands; undefined: there is none. */
function outageOf(last: Model | undefined, next: Model): 'begins' | 'goes on' | undefined {
  if (next.worst?.limit?.stage !== 'dry') return undefined;
  const { worst } = last ?? {};
  return worst?.key === next.worst.key && worst.limit?.stage === 'dry' ? 'goes on' : 'begins';
}

/** With this one first, if it is still there and none is graver. */
function firstStays(first: Advice | undefined, sorted: readonly Advice[]): readonly Advice[] {
  const found = sorted.find(({ id }) => id === first?.id);
  const [best] = sorted;
  if (found === undefined || best === undefined) return sorted;
  if (severityRank(best.severity) > severityRank(found.severity)) return sorted;
  return [found, ...sorted.filter((advice) => advice !== found)];
}

/** Those that stay, as they stood, and then the new ones. */
function inOrderOf(last: readonly Advice[], next: readonly Advice[]): Advice[] {
  const found = last.flatMap(({ id }) => next.filter((advice) => advice.id === id));
  return [...found, ...next.filter((advice) => !found.includes(advice))];
}

function isSame(one: readonly Advice[], other: readonly Advice[]): boolean {
  return one.length === other.length && one.every(({ id }, at) => id === other[at]?.id);
}

function isPlainlyBetter(one: Advice | undefined, other: Advice | undefined): boolean {
  if (one === undefined || other === undefined) return true;
  const gained = lasting(one) - lasting(other);
  const rank = severityRank(one.severity) - severityRank(other.severity);
  return rank > 0 || (rank === 0 && gained >= PLAINLY_BETTER_PERCENT);
}

function lasting({ effect: { headroomAfter, headroomAfterMinute } }: Advice): number {
  return Math.min(headroomAfter, headroomAfterMinute);
}
