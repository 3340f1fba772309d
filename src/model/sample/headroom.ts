import { doubtText, ownRangeText } from './bound-ports/doubt-text.ts';
import {
  type BoundPorts,
  type GroupFinding,
  type InDoubt,
  portsInDoubt,
} from './bound-ports/findings.ts';
import type { PortsByParity } from './port-space.ts';
import type { RowCounts } from './row-counts.ts';
import type { BindBeforeConnect, TupleGroup } from './tuple-group.ts';

/** Headroom, 0–100: the share of `usable` ports that is left when `used` of them are taken. */
export function headroomPercent(used: number, usable: number): number {
  return usable <= 0 ? 0 : Math.max(0, (100 * (usable - used)) / usable);
}

/** Ports lost to a group because other groups' bind() before connect() holds them. */
export interface LostPorts {
  /** Certainly lost, by half. */
  readonly certain: PortsByParity;
  /** Perhaps lost, by weight: other groups' ports that may be bound, and own TIME_WAIT that connect() may not take over. */
  readonly possible: InDoubt;
}

/** The bound ports, without the group's own. */
export function lostToBind(bound: BoundPorts, counts: RowCounts): LostPorts {
  const { certain, possible } = bound;
  const [inFull, passing, unsupported] = counts.maybeBound;
  return {
    certain: {
      first: certain.first - counts.boundFirst,
      second: certain.second - counts.boundSecond,
    },
    possible: [possible[0] - inFull, possible[1] - passing, possible[2] - unsupported],
  };
}

/** With less room in the visible part, a group's own range may be full: its true limits are not visible. */
const KNOWN_ROOM_PERCENT = 25;

/** The lower bound of `free`, and why it may be lower. */
export function carefully(
  free: number,
  { possible }: Pick<LostPorts, 'possible'>,
  bound: BoundPorts,
  found: GroupFinding | undefined,
): Pick<
  TupleGroup,
  | 'freeAtLeast'
  | 'uncertain'
  | 'passingDoubt'
  | 'unsupportedDoubt'
  | 'isAssumed'
  | 'ownHeadroomPercent'
> {
  const doubtful = portsInDoubt(possible);
  const besideOthers = free - doubtful;
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
  if (doubtful === 0 || doubt === undefined) return { freeAtLeast: free };
  const [, passing, unsupported] = possible;
  return {
    freeAtLeast: besideOthers,
    uncertain: doubtText(doubt),
    ...(passing > 0 && { passingDoubt: passing }),
    ...(unsupported > 0 && { unsupportedDoubt: unsupported }),
  };
}

/** Signs of bind() before connect(). Ports for which no evidence of it speaks do not count. */
export function signsOf(found: GroupFinding | undefined): BindBeforeConnect {
  const { certain = 0, suspected = 0, because, byNumber } = found ?? {};
  const ports = certain + suspected;
  return {
    suspected: ports > 0,
    ports,
    certain: certain > 0,
    ...(byNumber === true && { byNumber }),
    ...(because !== undefined && { evidence: because }),
  };
}
