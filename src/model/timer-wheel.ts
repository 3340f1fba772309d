import type { SocketTable } from '../kernel/socket-table.ts';
import { TIME_WAIT } from '../kernel/tcp-state.ts';
import { MAINLINE_TIME_WAIT_SECONDS } from './sample/time-wait.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/*
 * The kernel lets TIME_WAIT sockets go late, and many at once: a timer of 60 s lies in a bucket of the timer
 * wheel that is emptied every 8^level jiffies (calc_wheel_index, kernel/time/timer.c), which is 2.048 s at HZ 250.
 * So the ports in use go up and down like a saw, and it is the tips of it at which they run out.
 */

/** The moments at which the timer wheel lets TIME_WAIT sockets go. */
export interface TimerWheel {
  /** From one to the next. */
  readonly stepSeconds: number;
  /** Since the last one, at most `stepSeconds`. */
  readonly sinceLastSeconds: number;
}

/** Numbers of timers' values that tell the kernel's HZ apart, and rows that are looked at for them. */
const TELLING_VALUES = 32;
const MOST_ROWS = 5000;

/**
 * How often the wheel lets go of what lasts as long as TIME_WAIT, in seconds, told from the kernel's own timers in ms: they are
 * whole jiffies (jiffies_to_msecs, kernel/time/time.c). Undefined: there are too few different ones.
 */
export function wheelStepSeconds(
  sockets: SocketTable,
  timeWaitSeconds = MAINLINE_TIME_WAIT_SECONDS,
): number | undefined {
  const values = new Set<number>();
  const rows = Math.min(sockets.length, MOST_ROWS);
  for (let row = 0; row < rows && values.size < TELLING_VALUES; row++) {
    const leftMs = sockets.timerMs[row] ?? 0;
    if (sockets.state[row] === TIME_WAIT && leftMs > 0) values.add(leftMs);
  }
  return values.size < TELLING_VALUES ? undefined : stepAt(hertzOf([...values]), timeWaitSeconds);
}

/** A second has so many jiffies: one of the values that kernels are built with. */
function hertzOf(timersMs: readonly number[]): number {
  const all = (fits: (timerMs: number) => boolean) => timersMs.every(fits);
  if (all((timerMs) => timerMs % 10 === 0)) return 100;
  if (all((timerMs) => timerMs % 4 === 0)) return 250;
  return all((timerMs) => [0, 3, 6].includes(timerMs % 10)) ? 300 : 1000;
}

/** The first level of the wheel ends at 63 jiffies; each further one goes 8 times as far, with buckets 8 times as wide. */
const FIRST_LEVEL_JIFFIES = 63;

function stepAt(hertz: number, timeWaitSeconds: number): number {
  let width = 1;
  while (FIRST_LEVEL_JIFFIES * width <= timeWaitSeconds * hertz) width *= 8;
  return width / hertz;
}

/** Seconds of the schedule from which the rate of what leaves is told. */
const LEAVING_SECONDS = 4;

/** Where the wheel stands: what is overdue has come due since it last let go. Undefined: not known. */
export function timerWheel(
  groups: readonly Pick<TupleGroup, 'drainSchedule' | 'overdueTimeWait'>[],
  stepSeconds: number | undefined,
): TimerWheel | undefined {
  if (stepSeconds === undefined) return undefined;
  let overdue = 0;
  let leaving = 0;
  for (const group of groups) {
    overdue += group.overdueTimeWait;
    // The first second of the schedule holds what is overdue as well.
    for (let second = 1; second <= LEAVING_SECONDS; second++)
      leaving += (group.drainSchedule[second] ?? 0) / LEAVING_SECONDS;
  }
  const sinceLast = leaving === 0 ? 0 : overdue / leaving;
  return { stepSeconds, sinceLastSeconds: Math.min(stepSeconds, sinceLast) };
}

/** What has come due until this moment, in seconds from now, has gone at a moment of so many seconds from now. */
export function letGoUntil({ stepSeconds, sinceLastSeconds }: TimerWheel, seconds: number): number {
  const sinceFirst = seconds + sinceLastSeconds;
  return Math.floor(sinceFirst / stepSeconds) * stepSeconds - sinceLastSeconds;
}

/** Moments of the next so many seconds, ascending: just before the wheel lets go, and just after. */
export function wheelMoments(
  { stepSeconds, sinceLastSeconds }: TimerWheel,
  withinSeconds: number,
): number[] {
  const count = Math.floor((withinSeconds + sinceLastSeconds) / stepSeconds);
  return Array.from(
    { length: count },
    (_, index) => (index + 1) * stepSeconds - sinceLastSeconds,
  ).flatMap((moment) => [moment - INSTANT_SECONDS, moment + INSTANT_SECONDS]);
}

const INSTANT_SECONDS = 0.001;
