import type { BoundPorts } from './bound-ports/findings.ts';
import type { PortsByParity } from './port-space.ts';
import type { RowCounts } from './row-counts.ts';

/** Headroom in percent of `usable` ports when `used` of them are taken. */
export function headroomPercent(used: number, usable: number): number {
  return usable <= 0 ? 0 : Math.max(0, (100 * (usable - used)) / usable);
}

/** Ports that bind() before connect() in other groups keeps from one. */
export interface LostPorts {
  /** For sure, by half. */
  readonly certain: PortsByParity;
  /** Perhaps: some of them other groups' ports, and some its own TIME_WAIT that connect() may not take over. */
  readonly possible: number;
}

/** What is bound, without the ports that the group itself has. */
export function lostToBind(bound: BoundPorts, counts: RowCounts): LostPorts {
  const { certain } = bound;
  return {
    certain: {
      first: certain.first - counts.boundFirst,
      second: certain.second - counts.boundSecond,
    },
    possible: bound.possible - counts.maybeBound + counts.maybeReusable,
  };
}
