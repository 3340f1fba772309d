import type { ForeignText } from '../../kernel/foreign-text.ts';
import type { IpFamily } from '../../kernel/ip-address.ts';
import type { PortRange } from '../../kernel/port-range.ts';
import type { StateCounts } from '../../kernel/tcp-state.ts';
import type { GroupOwners } from './owners.ts';
import type { PortUse } from './port-use.ts';
import type { ConnectFailures } from './refusal-memory.ts';
import type { ReuseCheck } from './reuse-check.ts';

/** The outgoing connections from one source address to one (destination address, destination port). */
export interface TupleGroup extends GroupOwners {
  /** Identifies the group across all places and samples; not for display. */
  readonly key: string;
  /** `10.0.3.7 → 10.0.9.21:8080`: the group's name on screen. Several places may have the same label. */
  readonly label: string;
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly family: IpFamily;
  /** The device its sockets are bound to: name, or else number. Undefined: none, or not known. */
  readonly device?: ForeignText | undefined;
  /** The range connect() searches for this group. */
  readonly portRange: PortRange;
  /** Ports connect() could ever use for this group. */
  readonly usable: number;
  /** Of those, taken now: liveUsed + timeWaitUsed. */
  readonly used: number;
  /** Ports held by connections not in TIME_WAIT. */
  readonly liveUsed: number;
  /** Ports held by TIME_WAIT sockets that connect() cannot take over. */
  readonly timeWaitUsed: number;
  /** usable - used: how many connect() calls would succeed now. */
  readonly free: number;
  /** Lower bound of `free`. Equals `free` if that is exact; lower if the kernel does not show enough to know. */
  readonly freeAtLeast: number;
  /** Why `free` may be too high: a sentence, safe to print. Undefined: `free` is exact. */
  readonly uncertain?: string | undefined;
  /**
   * The part of `free` - `freeAtLeast` that is in doubt only until TIME_WAIT has passed: of closes that have ended, seen by
   * nobody when they were opened. Undefined: none.
   */
  readonly passingDoubt?: number | undefined;
  /**
   * Another part of it: ports that may be bound, where no evidence speaks for that and connect() explains them as well.
   * Undefined: none.
   */
  readonly unsupportedDoubt?: number | undefined;
  /** True if `free` rests on assumed settings, or the group has its own port range and most of what is seen of it is taken. */
  readonly isAssumed?: boolean | undefined;
  /** Headroom in percent of the group's own port range, as far as it is seen; undefined: it seems to have none. */
  readonly ownHeadroomPercent?: number | undefined;
  /** Free ports in TIME_WAIT: connect() would take them over. */
  readonly reusable: number;
  /** 100 · free / usable. */
  readonly headroomPercent: number;
  /** The two halves of the range, in the order connect() searches them. */
  readonly parity: { readonly first: ParityUse; readonly second: ParityUse };
  /** Connections outside the range: their ports were bound by number, or opened under a different range. */
  readonly outsideRange: OutsideRange;
  /** Ports this group would use in the widest sensible range (see full-range.ts). */
  readonly fullRangeUsed: number;
  /** Ports outside the range that other groups bound by number; unusable here even in the widest range. */
  readonly fullRangeLost: number;
  /** Reserved ports of the range that would count as used if they were not reserved. */
  readonly reservedUsed: number;
  /** The part of `timeWaitUsed` that connect() would take over now with tcp_tw_reuse=1 and timestamps on. */
  readonly freedByReuse: number;
  /** FIN_WAIT2 sockets without a process: the only ones that tcp_fin_timeout ends. */
  readonly orphanedFinWait2: number;
  readonly bindBeforeConnect: BindBeforeConnect;
  /** Evidence that its TIME_WAIT is not taken over although tcp_tw_reuse is on; undefined: none. */
  readonly reuse?: ReuseCheck | undefined;
  /** connect() calls refused because no port was free; undefined: they cannot be seen here. */
  readonly connectFailures?: ConnectFailures | undefined;
  readonly byState: StateCounts;
  /** Connections entering TIME_WAIT per second, mean of the last 10 s. */
  readonly closeRate: number;
  /**
   * TIME_WAIT sockets that expire in second 0–1, 1–2, … from now: one number for each second that TIME_WAIT
   * lasts (60 on mainline kernels).
   */
  readonly drainSchedule: readonly number[];
  /** The part of the first second's sockets that has already expired: the timer wheel fires late. */
  readonly overdueTimeWait: number;
  /** Age in ms at which connect() can take TIME_WAIT over; undefined: never. */
  readonly reusableFromAgeMs?: number | undefined;
  /** Use of each port in the range; only for the groups with the most sockets. */
  readonly portUse?: PortUse | undefined;
}

/** One half of the range. connect() uses up the ports of one parity before it tries the other. */
export interface ParityUse {
  /** Usable by this group. */
  readonly usable: number;
  /** Of those, taken now. */
  readonly used: number;
  /** Free ports of it in TIME_WAIT, which connect() would take over; undefined: not known. */
  readonly reusable?: number | undefined;
}

/** Connections whose local port is outside the ephemeral range. */
export interface OutsideRange {
  readonly count: number;
  /** Lowest and highest of these ports; undefined: there are none. */
  readonly low: number | undefined;
  readonly high: number | undefined;
}

/** Evidence of bind() before connect(). A port taken that way is lost to every other destination. */
export interface BindBeforeConnect {
  readonly suspected: boolean;
  /** Ports of this group apparently taken by bind(). */
  readonly ports: number;
  /** True if a past rush cannot explain them either. */
  readonly certain: boolean;
  /** Present if the program seems to have chosen each of them by number. */
  readonly byNumber?: boolean | undefined;
  /** The evidence that decides whether its ports of the second half are bound: a sentence, safe to print. */
  readonly evidence?: string | undefined;
}

/** Orders groups by the share of usable ports that is certainly free, then by ports used. */
export function fullestFirst(a: TupleGroup, b: TupleGroup): number {
  return (
    sureShare(a) - sureShare(b) ||
    b.used - a.used ||
    b.reusable - a.reusable ||
    (a.label < b.label ? -1 : a.label > b.label ? 1 : 0)
  );
}

/** Share of usable ports that is certainly free, 0–1. */
function sureShare({ freeAtLeast, usable }: TupleGroup): number {
  return usable <= 0 ? 0 : Math.max(0, freeAtLeast) / usable;
}
