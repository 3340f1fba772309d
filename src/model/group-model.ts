import type { Forecast } from './forecast.ts';
import type { TupleGroup } from './sample/tuple-group.ts';
import type { Severity } from './severity.ts';

/** A tuple group with its future. */
export interface GroupModel extends TupleGroup, Forecast {
  /**
   * Live connections more per second, counted only where it cannot be chance; undefined: not known yet, as one look
   * cannot tell.
   */
  readonly growthPerSecond: number | undefined;
  /** For how long that has been so. */
  readonly growthSeenSeconds: number;
  readonly severity: Severity;
}
