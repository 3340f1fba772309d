import type { Baseline } from './baseline-window.ts';
import type { ChurnOf } from './churn.ts';
import type { TupleGroup } from './sample/tuple-group.ts';
import { SEVERITY_LIMITS } from './severity.ts';

/** Growth of a group's live connections. */
export interface LiveGrowth {
  /** Change in their number per second; 0 unless it is significant. */
  readonly perSecond: number;
  /** How long it has been seen. */
  readonly seenSeconds: number;
}

/** The number of live connections is constant. */
export const NO_GROWTH: LiveGrowth = { perSecond: 0, seenSeconds: 0 };

/** The number of a group's live connections at an earlier time. */
interface Look {
  readonly baseline: Baseline;
  /** How long ago. */
  readonly seconds: number;
  readonly live: number;
}

/** Counts less far apart than this may differ by chance. */
const SIGNIFICANT_DEVIATIONS = 3;
/** The same of growth: where connections come and go at one rate, 7 of 10,000 looks see more. */
const GROWTH_DEVIATIONS = 3.2;
/** Growth that may be chance is not known where it would take the free ports within this time. */
const MATTERS_SECONDS = SEVERITY_LIMITS.warning.etaSeconds;
/**
 * Growth is expected to continue for at most this many times as long as it was seen: a program that opens its first
 * connections within a second will not continue like that for an hour.
 */
const BELIEVED_TIMES = 60;
/** Shortest time that makes growth; anything shorter is a burst. */
const SHORTEST_GROWTH_SECONDS = 3;
/** Growth is unknown until this much time has been observed. */
const GROWTH_KNOWN_SECONDS = SHORTEST_GROWTH_SECONDS;
/** A look whose share of the growth exceeds its share of the time by more than this is a burst. */
const BURST_SHARE = 0.3;

/** True if two counts differ by more than three standard deviations of independent arrivals (the count's square root). */
export function isBeyondChance(a: number, b: number): boolean {
  return Math.abs(a - b) > SIGNIFICANT_DEVIATIONS * Math.sqrt(Math.max(a, b, 0));
}

/**
 * Growth of a group's live connections, over the longest time in which they followed one line. It counts if it is more
 * than chance, and if it was seen for long enough compared with the time it needs to use up the free ports. Growth that
 * has stopped does not count. Growth that came all at once does not count either: a pool was filled. Undefined: not
 * observed for long enough, or perhaps chance and perhaps the end of the free ports. `baselines`: earlier samples, the
 * youngest first; `churnSince` one of them: see churn.ts.
 */
export function liveGrowth(
  group: TupleGroup,
  takenAtMs: number,
  baselines: readonly Baseline[],
  churnSince: (look: Baseline) => ChurnOf,
): LiveGrowth | undefined {
  const { key, liveUsed, free } = group;
  const looks = baselines.map((baseline) => ({
    baseline,
    seconds: (takenAtMs - baseline.takenAtMs) / 1000,
    live: baseline.liveByGroup.get(key) ?? 0,
  }));
  const oldest = looks.at(-1);
  if (oldest === undefined || oldest.seconds < GROWTH_KNOWN_SECONDS) return undefined;
  if (looks.every(({ live }) => live === liveUsed)) return NO_GROWTH;
  const isGrowth = ({ baseline, live }: Look) =>
    // Churn is at least the growth itself: most groups need no more than this to be told.
    isBeyondChurn(liveUsed - live, Math.abs(liveUsed - live)) &&
    isBeyondChurn(liveUsed - live, churnSince(baseline)(group));
  let growth: LiveGrowth | undefined;
  for (const [index, look] of looks.entries()) {
    const { seconds, live } = look;
    if (seconds < SHORTEST_GROWTH_SECONDS) continue;
    const perSecond = (liveUsed - live) / seconds;
    // Growth that began within this time would look slower than it is.
    if (growth !== undefined && isOffLine(group, growth, look)) break;
    const isCertain = growth !== undefined || isGrowth(look);
    const later = looks.slice(0, index + 1);
    const isLine =
      isCertain &&
      (hasGoneOn(group, perSecond, later) || comesInBursts(liveUsed, perSecond, later));
    const isBelieved = perSecond < 0 || free / perSecond <= BELIEVED_TIMES * seconds;
    if (isLine && isBelieved && perSecond !== 0) growth = { perSecond, seenSeconds: seconds };
    else if (growth !== undefined) break;
  }
  if (growth !== undefined) return growth;
  const perSecond = (liveUsed - oldest.live) / oldest.seconds;
  const matters = perSecond > 0 && free / perSecond < MATTERS_SECONDS;
  return matters && !isGrowth(oldest) ? undefined : NO_GROWTH;
}

/** True if so many more or fewer are not what remains by chance of this number that came and went. */
function isBeyondChurn(grown: number, churn: number): boolean {
  return Math.abs(grown) > GROWTH_DEVIATIONS * Math.sqrt(churn);
}

/** A count further off a line than this is not on it. */
const ON_LINE_DEVIATIONS = 1.5;

function isOffLine({ liveUsed, closeRate }: TupleGroup, { perSecond }: LiveGrowth, look: Look) {
  const [grown, expected] = [liveUsed - look.live, perSecond * look.seconds];
  const churn = 2 * closeRate * look.seconds;
  const sign = Math.sign(perSecond);
  return deviations(sign * grown, sign * expected, churn) > ON_LINE_DEVIATIONS;
}

/** True if every look saw about as many connections as steady growth since the oldest look gives. */
function hasGoneOn(
  { liveUsed, closeRate }: TupleGroup,
  perSecond: number,
  looks: readonly Look[],
): boolean {
  const whole = looks.at(-1);
  if (whole === undefined) return false;
  const total = liveUsed - whole.live;
  let later: Pick<Look, 'seconds' | 'live'> = { seconds: 0, live: liveUsed };
  for (const look of looks) {
    const [grown, expected] = [liveUsed - look.live, perSecond * look.seconds];
    // Connections that come and go make the number vary.
    const churn = 2 * closeRate * look.seconds;
    if (
      deviations(Math.sign(perSecond) * grown, Math.abs(expected), churn) > SIGNIFICANT_DEVIATIONS
    )
      return false;
    const share = (later.live - look.live) / total;
    if (share > (look.seconds - later.seconds) / whole.seconds + BURST_SHARE) return false;
    later = look;
  }
  return true;
}

/** Bursts of live connections count as growth once seen for `seen` s. Only looks older than `looked` s are compared. */
const BURSTS_SECONDS = { seen: 170, looked: 25 } as const;
/** Such a look may differ from steady growth by this share. */
const BURSTS_TOLERANCE = 0.4;

/** True if connections leak in repeated bursts. */
function comesInBursts(liveUsed: number, perSecond: number, looks: readonly Look[]): boolean {
  const seen = looks.at(-1)?.seconds ?? 0;
  if (perSecond <= 0 || seen < BURSTS_SECONDS.seen) return false;
  return looks
    .filter(({ seconds }) => seconds >= BURSTS_SECONDS.looked)
    .every(({ seconds, live }) => {
      const expected = perSecond * seconds;
      return Math.abs(liveUsed - live - expected) <= BURSTS_TOLERANCE * expected;
    });
}

/** Distance of a count of independent arrivals from the expected one, in standard deviations; `churn` widens those. */
function deviations(count: number, expected: number, churn: number): number {
  // The square root of such a count has a standard deviation of 1/2 whatever its mean (Anscombe).
  const root = (value: number) => 2 * Math.sqrt(Math.max(0, value) + 3 / 8);
  return Math.abs(root(count) - root(expected)) / Math.sqrt(1 + churn / Math.max(1, expected));
}
