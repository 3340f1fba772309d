import { type CloseTrend, closeTrend } from './close-trend.ts';
import { letGoUntil, type TimerWheel, wheelMoments } from './timer-wheel.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/** Forecast of a group, if present rates and trends continue. */
export interface Forecast {
  /** Seconds until `free` reaches 0; 0: it has; null: never, or not within a day. */
  readonly etaSeconds: number | null;
  /**
   * Earliest and latest value of `etaSeconds` if the close rate varies; the latest is null if ports may never run
   * out. Null if `etaSeconds` needs no range.
   */
  readonly etaRangeSeconds: readonly [number, number | null] | null;
  /** Where `used` settles; more than `usable`: it runs out first. */
  readonly steadyStateUsed: number;
  /** The most ports in use within the next 10 minutes, at most `usable`. */
  readonly peakUsed: number;
  /** Closes per second assumed, and for how long that rate has been seen. */
  readonly closesPerSecond: number;
  readonly closesSeenSeconds: number;
  /** The closes assumed. */
  readonly trend: CloseTrend;
  /** Ports per second that bind() of other groups will take from it in the next seconds; absent: none. */
  readonly takenPerSecond?: number;
}

const HORIZON_SECONDS = 86_400;
const PEAK_SECONDS = 600;
/** A rate that varies by less than this needs no range. */
const TELLING_SWING = 0.1;
/** Standard errors on either side of the range. */
const RANGE_ERRORS = 2;
/** The timer wheel lets TIME_WAIT overstay by 2 s at HZ 250, 4 s at 1000 (kernel/time/timer.c). */
const LONGEST_LATENESS_SECONDS = 6;

/**
 * Forecasts a group from its own timers. Present TIME_WAIT sockets leave by the drain schedule. New ones come at the
 * rate of closes, or along its trend. They stay for TIME_WAIT's length and until the timer wheel's next release; if the
 * wheel is not known, they leave as late as timers are seen to be here; if connect() takes them over, they stay for the
 * reuse delay. Live connections continue to grow by `growthPerSecond`. `trend`: of closes from now on, where it is not
 * what the ages of TIME_WAIT show. `taken`: ports that other groups take from it by then (see taken-by-bind.ts).
 */
export function forecastGroup(
  group: TupleGroup,
  growthPerSecond: number,
  wheel?: TimerWheel,
  trend: CloseTrend = closeTrend(group.drainSchedule),
  taken: Course = NOTHING_TAKEN,
): Forecast {
  const outlook = { growthPerSecond, wheel, taken, moments: momentsOf(wheel) };
  const course = courseOf(group, trend, outlook);
  const eta = etaSeconds(group, course, outlook);
  const late = wheel === undefined ? latenessSeconds(group) : wheel.stepSeconds / 2;
  return {
    etaSeconds: eta,
    etaRangeSeconds: eta === null || eta <= 0 ? null : etaRange(group, trend, outlook, eta),
    steadyStateUsed: Math.round(group.liveUsed + trend.perSecond * heldSeconds(group, late)),
    peakUsed: Math.round(Math.min(group.usable, peak(course, outlook))),
    closesPerSecond: trend.perSecond,
    closesSeenSeconds: trend.seenSeconds,
    trend,
    ...takenNow(taken),
  };
}

/** A rate of ports taken is the mean of so many seconds to come. */
const TAKEN_SECONDS = 5;

function takenNow(taken: Course): Pick<Forecast, 'takenPerSecond'> {
  const takenPerSecond = taken(TAKEN_SECONDS) / TAKEN_SECONDS;
  return takenPerSecond > 0 ? { takenPerSecond } : {};
}

/** Input of a forecast besides the group's own timers. */
interface Outlook {
  readonly growthPerSecond: number;
  readonly wheel: TimerWheel | undefined;
  /** Ports that other groups have taken from it by then. */
  readonly taken: Course;
  /** Moments to evaluate, in seconds from now, ascending. */
  readonly moments: readonly number[];
}

/** The same forecast as a function: ports in use `seconds` from now. Exceeds `usable` once ports have run out. */
export function forecastUsed(
  group: TupleGroup,
  growthPerSecond: number,
  wheel?: TimerWheel,
  trend: CloseTrend = closeTrend(group.drainSchedule),
): (seconds: number) => number {
  return courseOf(group, trend, { growthPerSecond, wheel });
}

/** How long a closed connection keeps its port from connect(), in seconds, including the observed lateness of timers. */
export function heldSeconds(group: TupleGroup, lateSeconds = latenessSeconds(group)): number {
  return group.reusableFromAgeMs === undefined
    ? group.drainSchedule.length + lateSeconds
    : group.reusableFromAgeMs / 1000;
}

/** How late timers fire, in seconds: the overdue sockets, divided by the rate at which sockets come due. */
function latenessSeconds({ overdueTimeWait, drainSchedule }: TupleGroup): number {
  // The first second is left out: it also holds the overdue sockets.
  const leaving = drainSchedule.slice(1, 6).reduce((sum, count) => sum + count, 0) / 5;
  return leaving === 0 ? 0 : Math.min(LONGEST_LATENESS_SECONDS, overdueTimeWait / leaving);
}

/** Ports in use as a function of seconds from now. */
export type Course = (seconds: number) => number;

/** Other groups take no ports. */
export const NOTHING_TAKEN: Course = () => 0;

function courseOf(
  group: TupleGroup,
  trend: CloseTrend,
  { growthPerSecond, wheel }: Pick<Outlook, 'growthPerSecond' | 'wheel'>,
): Course {
  const closed = untilEmpty(closesWithin(trend), group.liveUsed, growthPerSecond);
  // A shrinking pool ends at 0.
  const live = (seconds: number) => Math.max(0, group.liveUsed + growthPerSecond * seconds);
  if (group.reusableFromAgeMs !== undefined) {
    const delay = Math.max(group.reusableFromAgeMs / 1000, 0.001);
    const old = (seconds: number) => group.timeWaitUsed * Math.max(0, 1 - seconds / delay);
    return (seconds) =>
      live(seconds) + old(seconds) + closed(seconds) - closed(Math.max(0, seconds - delay));
  }
  const gone = goneUntil(group, wheel);
  const old = oldTimeWait(group, wheel !== undefined);
  return (seconds) => {
    const due = gone(seconds);
    return (
      live(seconds) +
      old(due) +
      closed(seconds) -
      closed(Math.max(0, due - group.drainSchedule.length))
    );
  };
}

/** Closes while a pool shrinks: once it is empty, only what is opened meanwhile can be closed. */
function untilEmpty(closed: Course, live: number, growthPerSecond: number): Course {
  if (growthPerSecond >= 0) return closed;
  const emptyAt = live / -growthPerSecond;
  return (seconds) => {
    if (seconds <= emptyAt) return closed(seconds);
    const later = closed(seconds) - closed(emptyAt);
    return closed(emptyAt) + Math.max(0, later + growthPerSecond * (seconds - emptyAt));
  };
}

/** The wheel is followed release by release for this long. Later, only the peaks of the sawtooth are. */
const TURNS_SECONDS = 120;

/** For a moment: sockets that come due up to the returned time are gone. Both in seconds from now. */
function goneUntil(group: TupleGroup, wheel: TimerWheel | undefined): Course {
  if (wheel === undefined) {
    const late = latenessSeconds(group);
    return (seconds) => seconds - late;
  }
  return (seconds) =>
    seconds <= TURNS_SECONDS ? letGoUntil(wheel, seconds) : seconds - wheel.stepSeconds;
}

/** Number of closes in the next `seconds`. The trend continues for as long as it was seen. */
function closesWithin({ perSecond, perSecondSquared, trendSeconds, bursts }: CloseTrend): Course {
  if (bursts !== undefined) {
    const { size, everySeconds, lastAgoSeconds } = bursts;
    return (seconds) => size * Math.floor((seconds + lastAgoSeconds) / everySeconds);
  }
  // A falling rate ends at 0.
  const end =
    perSecondSquared < 0 ? Math.min(trendSeconds, perSecond / -perSecondSquared) : trendSeconds;
  const along = (seconds: number) => perSecond * seconds + (perSecondSquared * seconds ** 2) / 2;
  const after = Math.max(0, perSecond + perSecondSquared * end);
  return (seconds) => (seconds <= end ? along(seconds) : along(end) + after * (seconds - end));
}

/**
 * What is left of the TIME_WAIT sockets that hold ports now, once those due within the given seconds have gone. Overdue
 * sockets are due already (`isOverdueApart`); if the wheel is not known, they count as due within the first second.
 */
function oldTimeWait(group: TupleGroup, isOverdueApart: boolean): Course {
  const total = group.drainSchedule.reduce((sum, count) => sum + count, 0);
  // The schedule also has sockets that hold no usable port.
  const share = total === 0 ? 0 : group.timeWaitUsed / total;
  const overdue = isOverdueApart ? group.overdueTimeWait : 0;
  const left = [total - overdue];
  group.drainSchedule.forEach((leaving, second) => {
    left.push((left[second] ?? 0) - leaving + (second === 0 ? overdue : 0));
  });
  const leftAt = (second: number) =>
    left[Math.max(0, Math.min(group.drainSchedule.length, second))] ?? 0;
  return (due) => {
    if (due < 0) return share * total;
    const before = Math.floor(due);
    return share * (leftAt(before) + (leftAt(before + 1) - leftAt(before)) * (due - before));
  };
}

function etaRange(
  group: TupleGroup,
  trend: CloseTrend,
  outlook: Outlook,
  eta: number,
): Forecast['etaRangeSeconds'] {
  const swing = RANGE_ERRORS * trend.standardError;
  if (trend.perSecond === 0 || swing < TELLING_SWING * trend.perSecond) return null;
  const etaAt = (perSecond: number) =>
    etaSeconds(
      group,
      courseOf(group, { ...trend, perSecond, bursts: undefined }, outlook),
      outlook,
    );
  const latest = etaAt(Math.max(0, trend.perSecond - swing));
  return [etaAt(trend.perSecond + swing) ?? eta, latest];
}

function etaSeconds(
  group: TupleGroup,
  course: Course,
  { growthPerSecond, taken, moments }: Outlook,
): number | null {
  if (group.free <= 0) return 0;
  let [secondsBefore, usedBefore] = [0, group.used];
  // By index, without an object for each: of every group in every sample, most of the garbage was here.
  for (let index = 0; index < moments.length; index++) {
    const seconds = moments[index] ?? 0;
    const used = course(seconds) + taken(seconds);
    if (used >= group.usable) {
      const part = (group.usable - usedBefore) / Math.max(used - usedBefore, Number.EPSILON);
      return secondsBefore + part * (seconds - secondsBefore);
    }
    secondsBefore = seconds;
    usedBefore = used;
  }
  if (growthPerSecond <= 0) return null;
  const seconds = secondsBefore + (group.usable - usedBefore) / growthPerSecond;
  return seconds <= HORIZON_SECONDS ? seconds : null;
}

function peak(course: Course, { moments }: Outlook): number {
  return moments.reduce((most, seconds) => Math.max(most, course(seconds)), course(0));
}

/** Moments to evaluate: every second of the next two minutes, then every fifth, up to 10 minutes. */
const STEPS = Array.from({ length: 120 }, (_, index) => index + 1).concat(
  Array.from({ length: (PEAK_SECONDS - 120) / 5 }, (_, index) => 125 + index * 5),
);

const momentsByWheel = new WeakMap<TimerWheel, readonly number[]>();

/** The moments to evaluate with this wheel. Cached, because they are the same for all groups of a sample. */
function momentsOf(wheel: TimerWheel | undefined): readonly number[] {
  if (wheel === undefined) return STEPS;
  const known = momentsByWheel.get(wheel);
  if (known !== undefined) return known;
  const moments = [...STEPS, ...wheelMoments(wheel, TURNS_SECONDS)].toSorted((a, b) => a - b);
  momentsByWheel.set(wheel, moments);
  return moments;
}
