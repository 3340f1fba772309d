import type { Baseline } from './baseline-window.ts';
import { connectionsMade } from './demand.ts';
import type { GroupModel } from './group-model.ts';
import type { CallRates } from './group-past.ts';
import type { Sample } from './sample/sample.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/** A rate over less is noise. */
const SHORTEST_MS = 900;

/** The look whose distance from now is nearest to these seconds; undefined: all are too young. */
export function lookNearest(
  looks: readonly Baseline[],
  nowMs: number,
  seconds: number,
): Baseline | undefined {
  const distance = ({ takenAtMs }: Baseline) => Math.abs(nowMs - takenAtMs - seconds * 1000);
  let nearest: Baseline | undefined;
  for (const look of looks) {
    if (nowMs - look.takenAtMs < SHORTEST_MS) continue;
    if (nearest === undefined || distance(look) < distance(nearest)) nearest = look;
  }
  return nearest;
}

/**
 * Calls of a group since the look that is nearest to so many seconds ago; undefined: there is none. Whole seconds are best:
 * drain schedules have them. `looks`: earlier samples.
 */
export function callsOver(
  sample: Sample,
  looks: readonly Baseline[],
): (group: TupleGroup, seconds: number) => (CallRates & { readonly seconds: number }) | undefined {
  const madeByLook = new Map<Baseline, ReturnType<typeof connectionsMade>>();
  return (group, seconds) => {
    const look = lookNearest(looks, sample.takenAtMs, seconds);
    if (look === undefined) return undefined;
    const made = madeByLook.get(look) ?? connectionsMade(sample, look);
    madeByLook.set(look, made);
    const seen = (sample.takenAtMs - look.takenAtMs) / 1000;
    return {
      refused: refusedSince(group, look) / seen,
      made: made.get(group.key)?.perSecond,
      seconds: seen,
    };
  };
}

/** Refusals since a look. The total of a group that the look did not have may be an old one. */
function refusedSince({ key, connectFailures }: TupleGroup, look: Baseline): number {
  if (connectFailures === undefined) return 0;
  const { total, lastMinute } = connectFailures;
  return Math.max(0, Math.min(lastMinute, total - (look.refusedByGroup?.get(key) ?? 0)));
}

/** Shortest and longest time that tells the calls of now. */
const NOW_SECONDS = { least: 2, most: 4 } as const;

/**
 * The seconds over which the calls of now are counted: a turn of the timer wheel, as ports come back in batches then, but
 * not from before the outage.
 */
export function secondsOfNow(
  { takenAtMs, timerStepSeconds = 0 }: Pick<Sample, 'takenAtMs' | 'timerStepSeconds'>,
  outageSinceMs = -Infinity,
): number {
  const { least, most } = NOW_SECONDS;
  const turn = Math.max(least, Math.min(most, Math.round(timerStepSeconds)));
  const outage = Math.floor((takenAtMs - outageSinceMs) / 1000);
  return Math.min(turn, Math.max(1, outage));
}

/**
 * Calls just now. Without an earlier sample, the mean of 10 s, of refusals alone. Undefined: refusals cannot be seen.
 */
export function callRates({
  connectFailures,
  madePerSecond,
  past,
}: Pick<GroupModel, 'connectFailures' | 'madePerSecond' | 'past'>): CallRates | undefined {
  if (connectFailures === undefined) return undefined;
  return past.calls ?? { refused: connectFailures.perSecond, made: madePerSecond ?? undefined };
}
