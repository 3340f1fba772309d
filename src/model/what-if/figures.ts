import type { GroupModel } from '../group-model.ts';
import type { Model } from '../model.ts';
import { headroomPercent } from '../sample/headroom.ts';
import { isMoreWanted } from '../wanted-ports.ts';
import type { WhatIf } from './changes.ts';
import { headroomAtOnce, headroomInAMinute } from './in-a-minute.ts';

/** What becomes of a group. Headroom in percent. */
export interface Course extends Pick<GroupModel, 'free' | 'etaSeconds' | 'growthPerSecond'> {
  readonly now: number;
  /** If the present demand continues. */
  readonly inAMinute: number;
  /** Where it ends if present rates continue: 0 if the ports run out. */
  readonly settled: number;
  /** True if more may be wanted than is seen: less may be left in a minute, and in the end. */
  readonly isAtMost: boolean;
}

/** The group that is worst now, as it is and with the changes. */
export interface WhatIfFigures {
  readonly label: string;
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
  const course = (group: GroupModel, made: WhatIf): Course => ({
    now: headroomAtOnce(real.sample, now, made),
    inAMinute: headroomInAMinute(real.sample, now, made),
    settled: group.etaSeconds === null ? headroomPercent(group.steadyStateUsed, group.usable) : 0,
    free: group.free,
    etaSeconds: group.etaSeconds,
    growthPerSecond: group.growthPerSecond,
    isAtMost: isMoreWanted(now),
  });
  return { label: now.label, asItIs: course(now, {}), changed: course(then, changes) };
}
