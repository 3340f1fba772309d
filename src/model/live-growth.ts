import type { Baseline } from './baseline-window.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/** How a group's live connections grow. */
export interface LiveGrowth {
  /** More of them each second; 0 where no growth is certain. */
  readonly perSecond: number;
  /** For how long it has been so, as far as it was looked at. */
  readonly seenSeconds: number;
}

/** Live connections stay as many. */
export const NO_GROWTH: LiveGrowth = { perSecond: 0, seenSeconds: 0 };

/** A look at a group's live connections. */
interface Look {
  /** So long ago. */
  readonly seconds: number;
  readonly live: number;
}

/** A growth of live connections below so many standard deviations of their number is taken for chance. */
const SIGNIFICANT_DEVIATIONS = 3;
/**
 * A growth is believed to go on for so many times as long as it was seen: a program that opens its first
 * connections within a second will not go on like that for an hour.
 */
const BELIEVED_TIMES = 60;
/** What comes within less than so many seconds is a burst; from then on it is a growth. */
const SHORTEST_GROWTH_SECONDS = 3;
/** Before so many seconds have been looked at, nothing is known of growth. */
const GROWTH_KNOWN_SECONDS = SHORTEST_GROWTH_SECONDS;
/** Of a growth, no single look may have more than this share over that of its time: it would be a burst. */
const BURST_SHARE = 0.3;

/** True where two counts differ by more than the square root by which any count of independent arrivals swings. */
export function isBeyondChance(a: number, b: number): boolean {
  return Math.abs(a - b) > SIGNIFICANT_DEVIATIONS * Math.sqrt(Math.max(a, b, 0));
}

/** Growth of live connections per second between two looks at a group; 0 where it may be chance. */
export function liveGrowthPerSecond(liveBefore: number, liveNow: number, seconds: number): number {
  if (seconds <= 0 || !isBeyondChance(liveBefore, liveNow)) return 0;
  return (liveNow - liveBefore) / seconds;
}

/**
 * Growth of a group's live connections, over the longest time in which they have followed one line, where that is no
 * chance, and long enough for the time in which it would take the ports that are left. One that has stopped since
 * is none, and one that came at once is none: it was a pool that was filled. Undefined: it has not been looked at for
 * long enough. `baselines` are earlier looks, the youngest first.
 */
export function liveGrowth(
  group: TupleGroup,
  takenAtMs: number,
  baselines: readonly Baseline[],
): LiveGrowth | undefined {
  const { key, liveUsed, free } = group;
  const looks = baselines.map((before) => ({
    seconds: (takenAtMs - before.takenAtMs) / 1000,
    live: before.liveByGroup.get(key) ?? 0,
  }));
  const seen = looks.at(-1)?.seconds ?? 0;
  if (seen < GROWTH_KNOWN_SECONDS) return undefined;
  if (looks.every(({ live }) => live === liveUsed)) return NO_GROWTH;
  let growth: LiveGrowth | undefined;
  for (const [index, { seconds, live }] of looks.entries()) {
    if (seconds < SHORTEST_GROWTH_SECONDS) continue;
    const perSecond = (liveUsed - live) / seconds;
    // One that has begun within this time would seem slower.
    if (growth !== undefined && isOffLine(group, growth, { seconds, live })) break;
    const isCertain = growth !== undefined || isBeyondChance(live, liveUsed);
    const later = looks.slice(0, index + 1);
    const isLine =
      isCertain &&
      (hasGoneOn(group, perSecond, later) || comesInBursts(liveUsed, perSecond, later));
    const isBelieved = perSecond < 0 || free / perSecond <= BELIEVED_TIMES * seconds;
    if (isLine && isBelieved && perSecond !== 0) growth = { perSecond, seenSeconds: seconds };
    else if (growth !== undefined) break;
  }
  return growth ?? NO_GROWTH;
}

/** More standard deviations than this off a line are not on it. */
const ON_LINE_DEVIATIONS = 1.5;

function isOffLine({ liveUsed, closeRate }: TupleGroup, { perSecond }: LiveGrowth, look: Look) {
  const [grown, expected] = [liveUsed - look.live, perSecond * look.seconds];
  const churn = 2 * closeRate * look.seconds;
  const sign = Math.sign(perSecond);
  return deviations(sign * grown, sign * expected, churn) > ON_LINE_DEVIATIONS;
}

/** True where each look at the last one's time saw about what the growth since then gives. */
function hasGoneOn(
  { liveUsed, closeRate }: TupleGroup,
  perSecond: number,
  looks: readonly Look[],
): boolean {
  const whole = looks.at(-1);
  if (whole === undefined) return false;
  const total = liveUsed - whole.live;
  let later = { seconds: 0, live: liveUsed };
  for (const look of looks) {
    const [grown, expected] = [liveUsed - look.live, perSecond * look.seconds];
    // Connections that come and go make their number swing.
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

/** Bursts of live connections are a growth where they have gone on for so long, by each look from so long ago on. */
const BURSTS_SECONDS = { seen: 170, looked: 25 } as const;
/** By how much of the growth such a look may be off. */
const BURSTS_TOLERANCE = 0.4;

/** True where connections leak in bursts, again and again. */
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

/** Standard deviations of a count of independent arrivals, among others that come and go, from what is expected. */
function deviations(count: number, expected: number, churn: number): number {
  // The square root of such a count has a standard deviation of 1/2 whatever its mean (Anscombe).
  const root = (value: number) => 2 * Math.sqrt(Math.max(0, value) + 3 / 8);
  return Math.abs(root(count) - root(expected)) / Math.sqrt(1 + churn / Math.max(1, expected));
}
