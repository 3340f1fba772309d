import type { SocketTable } from '../kernel/socket-table.ts';
import { TIME_WAIT } from '../kernel/tcp-state.ts';
import { MAINLINE_TIME_WAIT_SECONDS } from './sample/time-wait.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/*
 * The kernel releases TIME_WAIT sockets late, and many at once: a timer of 60 s lies in a bucket of the timer wheel
 * that is emptied every 8^level jiffies (calc_wheel_index in kernel/time/timer.c), which is 2.048 s at HZ 250. The
 * number of ports in use therefore follows a sawtooth. Ports run out at its peaks.
 */

/** The moments at which the timer wheel releases TIME_WAIT sockets. */
export interface TimerWheel {
  /** Time between two releases. */
  readonly stepSeconds: number;
  /** Time since the last release, at most `stepSeconds`. */
  readonly sinceLastSeconds: number;
}

/** Number of distinct timer values needed to tell HZ, and most rows to search for them at a time. */
const TELLING_VALUES = 32;
const MOST_ROWS = 5000;

/**
 * Interval at which the wheel releases TIME_WAIT sockets, in seconds. Derived from the timers in ms, which are whole
 * jiffies (jiffies_to_msecs in kernel/time/time.c). Undefined: too few distinct timers.
 */
export function wheelStepSeconds(
  sockets: SocketTable,
  timeWaitSeconds = MAINLINE_TIME_WAIT_SECONDS,
): number | undefined {
  const values = new Set<number>();
  const look = (step: number) => {
    const end = Math.min(sockets.length, step * MOST_ROWS);
    for (let row = 0; row < end && values.size < TELLING_VALUES; row += step) {
      const leftMs = sockets.timerMs[row] ?? 0;
      if (sockets.state[row] === TIME_WAIT && leftMs > 0) values.add(leftMs);
    }
  };
  look(1);
  // Neighbours in the kernel's table may all have closed in one moment: inet_ehashfn goes by port since 6.15.
  look(Math.ceil(sockets.length / MOST_ROWS));
  return values.size < TELLING_VALUES ? undefined : stepAt(hertzOf([...values]), timeWaitSeconds);
}

/** HZ, the number of jiffies per second: one of the values that kernels are built with. */
function hertzOf(timersMs: readonly number[]): number {
  const all = (fits: (timerMs: number) => boolean) => timersMs.every(fits);
  if (all((timerMs) => timerMs % 10 === 0)) return 100;
  if (all((timerMs) => timerMs % 4 === 0)) return 250;
  return all((timerMs) => [0, 3, 6].includes(timerMs % 10)) ? 300 : 1000;
}

/** The wheel's first level ends at 63 jiffies. Each further level reaches 8 times as far, in buckets 8 times as wide. */
const FIRST_LEVEL_JIFFIES = 63;

function stepAt(hertz: number, timeWaitSeconds: number): number {
  let width = 1;
  while (FIRST_LEVEL_JIFFIES * width <= timeWaitSeconds * hertz) width *= 8;
  return width / hertz;
}

/** Seconds of the schedule from which the rate of expiries is computed. */
const LEAVING_SECONDS = 4;

/** The wheel's position: the overdue sockets came due since its last release. Undefined: not known. */
export function timerWheel(
  groups: readonly Pick<TupleGroup, 'drainSchedule' | 'overdueTimeWait'>[],
  stepSeconds: number | undefined,
): TimerWheel | undefined {
  if (stepSeconds === undefined) return undefined;
  let overdue = 0;
  let leaving = 0;
  for (const group of groups) {
    overdue += group.overdueTimeWait;
    // The first second is left out: it also holds the overdue sockets.
    for (let second = 1; second <= LEAVING_SECONDS; second++)
      leaving += (group.drainSchedule[second] ?? 0) / LEAVING_SECONDS;
  }
  const sinceLast = leaving === 0 ? 0 : overdue / leaving;
  return { stepSeconds, sinceLastSeconds: Math.min(stepSeconds, sinceLast) };
}

/** The wheel's last release up to a moment, both in seconds from now. Sockets due by that release are gone. */
export function letGoUntil({ stepSeconds, sinceLastSeconds }: TimerWheel, seconds: number): number {
  const sinceFirst = seconds + sinceLastSeconds;
  return Math.floor(sinceFirst / stepSeconds) * stepSeconds - sinceLastSeconds;
}

/** The moments just before and just after each release of the next `withinSeconds`, ascending, in seconds from now. */
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
