import type { Sample } from './sample/sample.ts';
import { RATE_SECONDS } from './sample/time-wait.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/** Over less time, the closes counted so far are no rate. */
const SHORTEST_SECONDS = 3;

/** Closes within the second before a look. */
interface Second {
  readonly untilMs: number;
  readonly closes: number;
}

/** A group whose TIME_WAIT is taken over. */
interface Counted {
  /** Unix ms of the last look at which it may have been. */
  readonly takenOverMs: number;
  /** Oldest first. */
  readonly seconds: readonly Second[];
}

/**
 * Counts closes from look to look. The ages of TIME_WAIT show the closes of the last minute only where none was taken
 * over: connect() takes a socket over long before its minute is out (tcp_twsk_unique in net/ipv4/tcp_ipv4.c), so that
 * fewer are left the older they are, which looks like a rate that rises. Those of the last second are all there, as
 * the delay before a takeover is a second.
 */
export class CloseMemory {
  #byKey = new Map<string, Counted>();
  #last: Sample | undefined;

  /**
   * Takes the newest sample. Returns the closes per second, newest first, of the groups whose TIME_WAIT was taken over
   * within the time that it lasts: as far back as they are known.
   */
  push(sample: Sample): ReadonlyMap<string, readonly number[]> {
    const { takenAtMs: nowMs, timeWaitSeconds, groups } = sample;
    // After the clock was set back, nothing is comparable.
    const last = nowMs < (this.#last?.takenAtMs ?? -Infinity) ? undefined : this.#last;
    if (last === undefined) this.#byKey.clear();
    const keptMs = 1000 * timeWaitSeconds;
    const former = new Map(last?.groups.map((group) => [group.key, group]));
    const isTakenOver = hasTakenOver(last, sample);
    const next = new Map<string, Counted>();
    for (const group of groups) {
      const [known, before] = [this.#byKey.get(group.key), former.get(group.key)];
      const isHit = isTakenOver && (canReuse(group) || canReuse(before));
      const takenOverMs = isHit ? nowMs : (known?.takenOverMs ?? -Infinity);
      if (nowMs - takenOverMs > keptMs) continue;
      const elder = known?.seconds ?? secondsOf(before, last);
      const seconds = elder.filter(({ untilMs }) => untilMs > nowMs - keptMs);
      next.set(group.key, {
        takenOverMs,
        seconds: [...seconds, { untilMs: nowMs, closes: group.drainSchedule.at(-1) ?? 0 }],
      });
    }
    this.#byKey = next;
    this.#last = sample;
    const counted = groups.flatMap((group) => {
      const known = next.get(group.key);
      return known === undefined ? [] : [[group.key, closesOf(group, known, nowMs)] as const];
    });
    return new Map(counted);
  }
}

/** True if the kernel may have taken TIME_WAIT over since the sample before; of the first one, ever. */
function hasTakenOver(before: Sample | undefined, { counters }: Sample): boolean {
  const { timeWaitReused } = counters;
  return timeWaitReused === undefined || timeWaitReused > (before?.counters.timeWaitReused ?? 0);
}

function canReuse(group: TupleGroup | undefined): boolean {
  return group?.reusableFromAgeMs !== undefined;
}

/** The closes up to a sample before which none was taken over. */
function secondsOf(group: TupleGroup | undefined, sample: Sample | undefined): Second[] {
  if (group === undefined || sample === undefined) return [];
  const { length } = group.drainSchedule;
  return group.drainSchedule.map((closes, second) => ({
    untilMs: sample.takenAtMs - 1000 * (length - 1 - second),
    closes,
  }));
}

/** Closes per second, newest first: of the looks that are nearest to each second's end. */
function closesOf(group: TupleGroup, { seconds }: Counted, nowMs: number): readonly number[] {
  const seen = 1 + Math.floor((nowMs - (seconds[0]?.untilMs ?? nowMs)) / 1000);
  // Until enough was counted: the rate of the newest closes, as the older ones tell nothing.
  if (seen < SHORTEST_SECONDS) return Array.from({ length: RATE_SECONDS }, () => group.closeRate);
  let at = seconds.length - 1;
  return Array.from({ length: Math.min(seen, group.drainSchedule.length) }, (_, age) => {
    const distance = (index: number) =>
      Math.abs(nowMs - 1000 * age - (seconds[index]?.untilMs ?? -Infinity));
    while (distance(at - 1) <= distance(at)) at--;
    return seconds[at]?.closes ?? 0;
  });
}
