import type { LimitState } from './limit-memory.ts';
import type { LiveGrowth } from './live-growth.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/** What is known of a group from more than one look. */
export interface GroupPast {
  /** Undefined: it is not known. */
  readonly growth: LiveGrowth | undefined;
  /** Connections made per second; undefined: not known. */
  readonly madePerSecond: number | undefined;
  /** That it is out of ports, or was; undefined: not that anybody knows. */
  readonly limit: LimitState | undefined;
}

/** Tells what is known of each group. */
export type PastOf = (group: TupleGroup) => GroupPast;

/** One look knows nothing of all that. */
export const NO_PAST: GroupPast = {
  growth: undefined,
  madePerSecond: undefined,
  limit: undefined,
};
