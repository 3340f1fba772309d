import { sum } from './line-fit.ts';
import { closesWithin } from './sample/time-wait.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/** The timer wheel releases TIME_WAIT in batches this far apart; ports freed between two samples may be gone again. */
const WHEEL_SECONDS = 2.1;
/** Allowed error of the model, in ports: the last one of an odd-sized range, a socket in transition. */
const SLACK_PORTS = 4;

/** What happened since the previous sample. */
export interface Since {
  readonly ms: number;
  /** connect() calls that found a port, whole machine. */
  readonly opens: number;
}

/** Opens between two samples. Infinity: not known, or the counter went back. */
export function opensSince(before: number | undefined, now: number | undefined): number {
  return before === undefined || now === undefined || now < before ? Infinity : now - before;
}

/** Ports that may be free in both samples yet all taken in between: at most as many as were taken since. */
export function slackOf(group: TupleGroup, { ms, opens }: Since, refused: number): number {
  const seconds = Math.min(ms, 60_000) / 1000;
  const due = sum(group.drainSchedule.slice(0, Math.ceil(seconds + WHEEL_SECONDS)));
  const made = closesWithin(group.drainSchedule, seconds + WHEEL_SECONDS);
  return SLACK_PORTS + Math.min(opens, Math.max(due, made, refused));
}
