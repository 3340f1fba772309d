import { doubtText, ownRangeText } from './bound-ports/doubt-text.ts';
import type { BoundPorts, GroupFinding } from './bound-ports/findings.ts';
import type { PortsByParity } from './port-space.ts';
import type { RowCounts } from './row-counts.ts';
import type { BindBeforeConnect, TupleGroup } from './tuple-group.ts';

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

/** A range of its own with less room in what is seen of it may be full: nobody knows where it ends. */
const KNOWN_ROOM_PERCENT = 25;

/** How low `free` may be in truth, and why. */
export function carefully(
  free: number,
  possiblyLost: number,
  bound: BoundPorts,
  found: GroupFinding | undefined,
): Pick<TupleGroup, 'freeAtLeast' | 'uncertain' | 'isAssumed' | 'ownHeadroomPercent'> {
  const besideOthers = free - possiblyLost;
  const ownRange = found?.ownRange;
  if (ownRange !== undefined && ownRange.free < besideOthers) {
    const { free: ownFree, taken } = ownRange;
    const ownHeadroomPercent = headroomPercent(taken, ownFree + taken);
    return {
      freeAtLeast: ownFree,
      uncertain: ownRangeText(ownRange),
      ownHeadroomPercent,
      ...(ownHeadroomPercent < KNOWN_ROOM_PERCENT && { isAssumed: true }),
    };
  }
  const [doubt] = bound.doubts;
  if (possiblyLost === 0 || doubt === undefined) return { freeAtLeast: free };
  return { freeAtLeast: besideOthers, uncertain: doubtText(doubt) };
}

/** Ports of the second half count, if no rush that is over and no range of its own explains them as well. */
export function signsOf(found: GroupFinding | undefined): BindBeforeConnect {
  const { certain = 0, possible = 0, doubt } = found ?? {};
  const ports = doubt === 'rush' ? certain + possible : certain;
  return { suspected: ports > 0, ports, certain: certain > 0 };
}
