import type { Place } from '../kernel/place.ts';
import type { Forecast } from './forecast.ts';
import type { GroupPast } from './group-past.ts';
import type { LimitState } from './limit-memory.ts';
import type { TupleGroup } from './sample/tuple-group.ts';
import type { Severity } from './severity.ts';

/** A tuple group with its demand and its future. */
export interface GroupModel extends TupleGroup, Forecast {
  /** Where it is. */
  readonly place: Place;
  /** Growth of live connections per second; 0 if it may be chance. Undefined: not known yet, as after one sample. */
  readonly growthPerSecond: number | undefined;
  /** How long that growth has been seen. */
  readonly growthSeenSeconds: number;
  /** Connections made per second, mean of the last 10 s; null: not known. */
  readonly madePerSecond: number | null;
  /** Connections wanted per second: made and refused; null: not known. */
  readonly demandPerSecond: number | null;
  /** True if more may be wanted: ports have run out and refusals cannot be seen, or connections leave no trace. */
  readonly isDemandLowerBound: boolean;
  /** The highest demand of the episode in which ports ran out; null: not known. */
  readonly mostDemandPerSecond: number | null;
  /** Ports that it would hold if its demand went on (of an outage, the highest) and nothing were refused; may be more than `usable`. */
  readonly wantedPorts: number;
  /** Present if it is out of ports, or was within the last quarter of an hour. Undefined: not as far as was seen. */
  readonly limit: LimitState | undefined;
  /** 100 · freeAtLeast / usable. */
  readonly headroomPercentAtLeast: number;
  /**
   * The same with what no evidence puts in doubt: severity is judged by it. Undefined: there is none, or connect() was refused.
   */
  readonly judgedHeadroomPercent?: number | undefined;
  /**
   * That with what is in doubt only until TIME_WAIT has passed: critical is judged by it. Undefined: nothing is, or
   * connect() was refused.
   */
  readonly lastingHeadroomPercent?: number | undefined;
  /** How bad it is; better only once `severityNow` has been so for some seconds (heldSeverity). */
  readonly severity: Severity;
  /** How bad this sample is, and Unix ms of the last one that was as bad as `severity`. */
  readonly severityNow: Severity;
  readonly severityAtMs: number;
  /** The past that it was built with. */
  readonly past: GroupPast;
}
