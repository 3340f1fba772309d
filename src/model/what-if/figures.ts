import type { GroupModel } from '../group-model.ts';
import type { Model } from '../model.ts';
import { headroomPercent } from '../sample/headroom.ts';
import { lullSeconds } from '../outage-state.ts';
import { isMoreWanted } from '../wanted-ports.ts';
import type { WhatIf } from './changes.ts';
import { headroomAtOnce, headroomInAMinute } from './in-a-minute.ts';

/** What becomes of a group. Headroom in percent. */
export interface Course extends Pick<GroupModel, 'free' | 'etaSeconds' | 'growthPerSecond'> {
  readonly now: number;
  /** If the present demand continues. */
  readonly inAMinute: number;
  /** Where it ends if present rates continue: 0 if the ports run out for good. */
  readonly settled: number;
  /** True if more may be wanted than is seen: less may be left in a minute, and in the end. */
  readonly isAtMost: boolean;
  /** See `lullSeconds`; undefined with changes too. */
  readonly lullSeconds?: number | undefined;
}

/** What runs out of ports within a minute has no more then than now. */
const MINUTE_SECONDS = 60;

/** The group that is worst now, as it is and with the changes. */
export interface WhatIfFigures {
  readonly group: GroupModel;
  readonly asItIs: Course;
  readonly changed: Course;
}

/** The figures of the what-if panel. `outcome`: `applyWhatIf` of the real model. Undefined: there is no group. */
export function whatIfFigures(
  real: Model,
  outcome: Model,
  changes: WhatIf,
): WhatIfFigures | undefined {
  const now = real.worst;
  const then = outcome.groups.find(({ key }) => key === now?.key);
  if (now === undefined || then === undefined) return undefined;
  const course = (group: GroupModel, made: WhatIf): Course => {
    const { free, etaSeconds, growthPerSecond } = group;
    const atOnce = headroomAtOnce(real.sample, now, made);
    const inAMinute = headroomInAMinute(real.sample, now, made);
    // After a shortage that is only passing there is room again.
    const isForGood =
      etaSeconds !== null &&
      (etaSeconds <= 0 || (growthPerSecond ?? 0) > 0 || group.steadyStateUsed >= group.usable);
    const runsOut = etaSeconds !== null && etaSeconds <= MINUTE_SECONDS;
    return {
      now: atOnce,
      inAMinute: runsOut ? Math.min(atOnce, inAMinute) : inAMinute,
      settled: isForGood ? 0 : headroomPercent(group.steadyStateUsed, group.usable),
      free,
      etaSeconds,
      growthPerSecond,
      isAtMost: isMoreWanted(now),
    };
  };
  const lull = lullSeconds(now, real.sample.takenAtMs);
  return {
    group: now,
    asItIs: { ...course(now, {}), lullSeconds: lull },
    changed: course(then, changes),
  };
}
