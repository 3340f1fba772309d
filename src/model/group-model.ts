import type { Forecast } from './forecast.ts';
import type { TupleGroup } from './sample/tuple-group.ts';
import type { Severity } from './severity.ts';

/** A tuple group with its future. */
export interface GroupModel extends TupleGroup, Forecast {
  /** Live connections more per second, counted only where it cannot be chance; 0 without a reference. */
  readonly growthPerSecond: number;
  readonly severity: Severity;
}
