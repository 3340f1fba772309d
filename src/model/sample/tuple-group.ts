import type { IpFamily } from '../../kernel/ip-address.ts';
import type { PortRange } from '../../kernel/port-range.ts';
import type { StateCounts } from '../../kernel/tcp-state.ts';
import type { GroupOwners } from './owners.ts';
import type { PortUse } from './port-use.ts';
import type { ConnectFailures } from './refusal-memory.ts';

/** The outgoing connections from one source address to one (destination address, destination port). */
export interface TupleGroup extends GroupOwners {
  /** Names the group among those of all places, from sample to sample; not for people. */
  readonly key: string;
  /** `10.0.3.7 → 10.0.9.21:8080`: names the group on the screen, where several places may have the same. */
  readonly label: string;
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly family: IpFamily;
  /** The device that its sockets are bound to, by name or else by number, safe to print; undefined: none, or it is not told. */
  readonly device?: string | undefined;
  /** The ports among which connect() looks for this group. */
  readonly portRange: PortRange;
  /** Ports that connect() could ever use for this group. */
  readonly usable: number;
  /** Of those, taken now: liveUsed + timeWaitUsed. */
  readonly used: number;
  /** Taken by a connection that is not in TIME_WAIT. */
  readonly liveUsed: number;
  /** Taken by a TIME_WAIT socket that connect() must leave alone. */
  readonly timeWaitUsed: number;
  /** usable - used: the connect() calls that succeed now. */
  readonly free: number;
  /** The same where that is exact; lower, down to the least that it may be, where the kernel does not show enough to know. */
  readonly freeAtLeast: number;
  /** Why `free` may be too high, in a sentence, safe to print; undefined: it is exact. */
  readonly uncertain?: string | undefined;
  /** True where what `free` rests on was not read but assumed: it may be anything. */
  readonly isAssumed?: boolean | undefined;
  /** TIME_WAIT sockets among the free ones: connect() would take them over. */
  readonly reusable: number;
  /** 100 · free / usable. */
  readonly headroomPercent: number;
  /** The two halves that connect() searches one after the other. */
  readonly parity: { readonly first: ParityUse; readonly second: ParityUse };
  /** Ports that would be taken if the range were the widest sensible one (see full-range.ts). */
  readonly fullRangeUsed: number;
  /** Ports outside the range that bind() before connect() in other groups would keep from it in the widest one. */
  readonly fullRangeLost: number;
  /** Reserved ports of the range that would be taken if they were not reserved. */
  readonly reservedUsed: number;
  /** Of `timeWaitUsed`, those that connect() would take over now under tcp_tw_reuse=1 and with timestamps. */
  readonly freedByReuse: number;
  /** FIN_WAIT2 sockets that no process has any more: tcp_fin_timeout ends those, and no others. */
  readonly orphanedFinWait2: number;
  readonly bindBeforeConnect: BindBeforeConnect;
  /** Its connections outside the range: their ports were chosen by number, or by a range that was another then; undefined: not counted. */
  readonly outsideRange?: OutsideRange | undefined;
  /** Whether connect() takes its TIME_WAIT over as tcp_tw_reuse says; undefined: not measured. */
  readonly reuse?: ReuseCheck | undefined;
  /** The connect() calls that the kernel refused for want of a port; undefined: they cannot be seen here. */
  readonly connectFailures?: ConnectFailures | undefined;
  readonly byState: StateCounts;
  /** Connections that enter TIME_WAIT, per second, a mean of the last 10 s. */
  readonly closeRate: number;
  /**
   * TIME_WAIT sockets that expire in second 0–1, 1–2, … from now: a number for each second that TIME_WAIT lasts,
   * which is 60 on mainline kernels.
   */
  readonly drainSchedule: readonly number[];
  /** Of those of the first second, the ones whose time is up: the timer wheel fires late. */
  readonly overdueTimeWait: number;
  /** Age in ms from which on TIME_WAIT is free for connect(); undefined: never. */
  readonly reusableFromAgeMs?: number | undefined;
  /** What the ports of the range are to it; for the groups with the most sockets only. */
  readonly portUse?: PortUse | undefined;
}

/** Ports of one half of the range: connect() takes all of the first parity before it looks at the other. */
export interface ParityUse {
  /** Usable by this group. */
  readonly usable: number;
  /** Of those, taken now. */
  readonly used: number;
}

/** Signs of bind() before connect(): such a port is lost to every other destination. */
export interface BindBeforeConnect {
  readonly suspected: boolean;
  /** Ports of this group that a bind() seems to have taken. */
  readonly ports: number;
  /** True where the survivors of a past rush cannot explain them either. */
  readonly certain: boolean;
}

/** Connections whose local port is outside the ephemeral range. */
export interface OutsideRange {
  readonly count: number;
  /** Their lowest and highest port; undefined: there are none. */
  readonly low: number | undefined;
  readonly high: number | undefined;
}

/** What tcp_tw_reuse should have done, against the kernel's counter (TcpExt TWRecycled). */
export interface ReuseCheck {
  /** Undefined: too few connections were opened to tell. */
  readonly works: boolean | undefined;
  /** Connections that should have taken a port in TIME_WAIT over. */
  readonly expected: number;
  /** Those that did, by the counter. */
  readonly seen: number;
}

/** Orders groups by what is left of their usable ports for sure, then by what they hold. */
export function fullestFirst(a: TupleGroup, b: TupleGroup): number {
  return (
    sureShare(a) - sureShare(b) ||
    b.used - a.used ||
    b.reusable - a.reusable ||
    (a.label < b.label ? -1 : a.label > b.label ? 1 : 0)
  );
}

/** The share of its ports that is free for sure, 0–1. */
function sureShare({ freeAtLeast, usable }: TupleGroup): number {
  return usable <= 0 ? 0 : Math.max(0, freeAtLeast) / usable;
}
