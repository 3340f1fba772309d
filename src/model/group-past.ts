import type { Forecast } from './forecast.ts';
import type { KeptTrend } from './kept-trend.ts';
import type { LimitState } from './limit-memory.ts';
import type { LiveGrowth } from './live-growth.ts';
import type { RecentLive } from './recent-live.ts';
import type { TupleGroup } from './sample/tuple-group.ts';
import type { HeldSeverity } from './severity.ts';

/** connect() calls of a group per second, made and refused over one and the same time: their sum is what it wanted. */
export interface CallRates {
  readonly refused: number;
  /** Undefined: not known. */
  readonly made: number | undefined;
}

/** What earlier samples tell about a group. */
export interface GroupPast {
  /** Undefined: not known. */
  readonly growth: LiveGrowth | undefined;
  /** Connections made per second; undefined: not known. */
  readonly madePerSecond: number | undefined;
  /** Calls made and refused just now; undefined: not known, or none were refused in the last minute. */
  readonly calls?: CallRates | undefined;
  /** True if connections may have been made that left no trace. */
  readonly isMadeLowerBound: boolean;
  /** Share of the closes that new connections make up for, where that is well below all of them; undefined: it is not, or not known. */
  readonly openedShare?: number | undefined;
  /** Share of connections closed here first, which leave TIME_WAIT, 0–1; undefined: not known. */
  readonly closedShare: number | undefined;
  /** Undefined: not known. */
  readonly recentLive?: RecentLive | undefined;
  /** The closes to come, as the samples up to this one tell; undefined: as this one alone does. */
  readonly trend?: KeptTrend | undefined;
  /** How bad it was in the last model; undefined: not known. */
  readonly severity?: HeldSeverity | undefined;
  /** The forecast where a change lies ahead of it that timers and closes do not show yet; undefined: they tell. */
  readonly forecast?: Forecast | undefined;
  /** The last minute, or what was seen of it, of a group that is or was out of ports; undefined: not known. */
  readonly lastMinute?: LastMinute | undefined;
  /** Present if it is or was out of ports; undefined: not as far as was seen. */
  readonly limit: LimitState | undefined;
}

/**
 * Means of a minute. A group that is out of ports makes connections when TIME_WAIT ends, so that they come and go with
 * the length of that, and in batches; means of less follow the batches.
 */
export interface LastMinute {
  readonly live: number;
  readonly madePerSecond: number;
  readonly closedShare: number | undefined;
}

/** Returns the past of a group. */
export type PastOf = (group: TupleGroup) => GroupPast;

/** Nothing is known, as after a single sample. */
export const NO_PAST: GroupPast = {
  growth: undefined,
  madePerSecond: undefined,
  isMadeLowerBound: false,
  closedShare: undefined,
  limit: undefined,
};
