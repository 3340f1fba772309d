import type { BoundPorts } from './bind-before-connect.ts';
import type { PortsByParity } from './port-space.ts';

/** Headroom in percent of `usable` ports when `used` of them are taken. */
export function headroomPercent(used: number, usable: number): number {
  return usable <= 0 ? 0 : Math.max(0, (100 * (usable - used)) / usable);
}

/** A group with more headroom than this is healthy, and one with less than the other is not (percent). */
const HEALTHY_PERCENT = 25;
const EXHAUSTED_PERCENT = 10;

/** What bind() before connect() in other groups keeps from one. */
export interface LostPorts {
  readonly count: number;
  readonly isLostTo: (holder: number) => boolean;
}

/** What a past rush would explain as well is left out where it alone would make a healthy group look exhausted. */
export function portsLostToOthers(
  tuple: number,
  bound: BoundPorts,
  used: number,
  byParity: PortsByParity,
): LostPorts {
  const own = bound.countOf(tuple);
  const all = bound.total - own;
  const certain = bound.certain - (bound.isCertain(tuple) ? own : 0);
  const usable = byParity.first + byParity.second;
  const onlyByDoubt =
    headroomPercent(used, usable - certain) >= HEALTHY_PERCENT &&
    headroomPercent(used, usable - all) < EXHAUSTED_PERCENT;
  return {
    count: onlyByDoubt ? certain : all,
    isLostTo: (holder) => holder !== tuple && (!onlyByDoubt || bound.isCertain(holder)),
  };
}
