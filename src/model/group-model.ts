import type { Forecast } from './forecast.ts';
import type { GroupPast } from './group-past.ts';
import type { LimitState } from './limit-memory.ts';
import type { TupleGroup } from './sample/tuple-group.ts';
import type { Severity } from './severity.ts';

/** A tuple group with its demand and its future. */
export interface GroupModel extends TupleGroup, Forecast {
  /**
   * Live connections more per second, counted only where it cannot be chance; undefined: not known yet, as one look
   * cannot tell.
   */
  readonly growthPerSecond: number | undefined;
  /** For how long that has been so. */
  readonly growthSeenSeconds: number;
  /** Connections made per second, since the look of 10 s ago; null: not known. */
  readonly madePerSecond: number | null;
  /** Connections wanted per second: made and refused; null: not known. */
  readonly demandPerSecond: number | null;
  /** True if more may be wanted: ports have run out and refusals cannot be seen, or connections leave no trace. */
  readonly isDemandLowerBound: boolean;
  /** The most of the episode in which ports ran out; null: not known. */
  readonly mostDemandPerSecond: number | null;
  /** Ports that it would hold if the present demand went on and nothing were refused; may be more than `usable`. */
  readonly wantedPorts: number;
  /** Present if it is out of ports, or was within the last quarter of an hour. Undefined: not as far as was seen. */
  readonly limit: LimitState | undefined;
  /** 100 · freeAtLeast / usable: what severity goes by. */
  readonly headroomPercentAtLeast: number;
  readonly severity: Severity;
  /** What it was built with. */
  readonly past: GroupPast;
}
