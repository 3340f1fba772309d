import type { IpFamily } from '../../kernel/ip-address.ts';
import type { SocketOwners } from '../../kernel/socket-owners.ts';
import type { PortRange } from '../../kernel/port-range.ts';
import type { SocketTable } from '../../kernel/socket-table.ts';
import { namedStateCounts, type StateCounts } from '../../kernel/tcp-state.ts';
import { isLoopback } from './addresses.ts';
import { type BoundPorts, inferBoundPorts } from './bind-before-connect.ts';
import { headroomPercent, portsLostToOthers } from './headroom.ts';
import { type Remainder, largestFirst, sumRemainder } from './remainder.ts';
import { type GroupOwners, OwnerTally } from './owners.ts';
import type { PortsByParity, PortMap } from './port-space.ts';
import { type PortUse, PortUseCounter } from './port-use.ts';
import { countRows, type RowCounts } from './row-counts.ts';
import { closesPerSecond, reusableFromAgeMs, type ReuseRule } from './time-wait.ts';
import type { TupleRows } from './tuple-rows.ts';

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

/** What the rows are judged by. */
export interface GroupingRules {
  /** The id of the place whose sockets they are. */
  readonly placeId: string;
  readonly tuples: TupleRows;
  readonly range: PortRange;
  readonly portMap: PortMap;
  /** The same for the widest range. */
  readonly fullRangeMap: PortMap;
  /** Ports that seem bound outside the range; undefined: none. */
  readonly boundOutside: BoundPorts | undefined;
  readonly byParity: PortsByParity;
  readonly reuse: ReuseRule;
  /** How long TIME_WAIT lasts. */
  readonly timeWaitSeconds: number;
  readonly owners: SocketOwners;
  /** More groups than this are not measured one by one. */
  readonly mostGroups: number;
}

/** The groups of a table, fullest first, and how many ports bind() before connect() seems to hold. */
export interface Grouping {
  readonly groups: readonly TupleGroup[];
  /** Those beyond `mostGroups`, the smallest. */
  readonly remainder: Remainder;
  readonly boundPorts: number;
}

/** As many groups as a screen shows have their ports drawn. */
const MOST_DRAWN = 20;

/** Measures each tuple of outgoing connections. */
export function groupTuples(sockets: SocketTable, rules: GroupingRules): Grouping {
  const { tuples } = rules;
  const reusableFrom = (tuple: number) => {
    const [row = 0] = tuples.rowsOf(tuple);
    return reusableFromAgeMs(rules.reuse, isLoopbackTuple(sockets, row));
  };
  const bySize = largestFirst(tuples);
  const drawn = new Set(bySize.slice(0, MOST_DRAWN));
  const firstParity = rules.range.low & 1;
  const bound = inferBoundPorts({ ...rules, firstParity, sockets });
  const portUse = new PortUseCounter(rules.range, rules.portMap, bound);
  const counting = {
    ...rules,
    sockets,
    bound,
    firstParity,
    seenBy: new Int32Array(65536).fill(-1),
    owners: new OwnerTally(rules.owners),
  };
  const groups = bySize.slice(0, rules.mostGroups).map((tuple) => {
    const age = reusableFrom(tuple);
    const drawing = drawn.has(tuple) ? portUse : undefined;
    drawing?.begin();
    const counts = countRows(counting, tuple, age, drawing);
    return summarise(sockets, tuple, age, rules, bound, counts, drawing);
  });
  return {
    groups: groups.toSorted(fullestFirst),
    remainder: sumRemainder(sockets, tuples, bySize.slice(rules.mostGroups), rules.timeWaitSeconds),
    boundPorts: bound.total,
  };
}

/** Orders groups by what is left of their usable ports, then by what they hold. */
export function fullestFirst(a: TupleGroup, b: TupleGroup): number {
  return (
    a.headroomPercent - b.headroomPercent ||
    b.used - a.used ||
    b.reusable - a.reusable ||
    (a.label < b.label ? -1 : a.label > b.label ? 1 : 0)
  );
}

function isLoopbackTuple(sockets: SocketTable, row: number): boolean {
  const family = sockets.family[row] ?? 4;
  const ends = [sockets.localAddress[row] ?? 0, sockets.remoteAddress[row] ?? 0];
  return ends.some((address) => isLoopback(sockets, family, address));
}

function summarise(
  sockets: SocketTable,
  tuple: number,
  reusableFrom: number,
  rules: GroupingRules,
  bound: BoundPorts,
  counts: RowCounts,
  drawing: PortUseCounter | undefined,
): TupleGroup {
  const outside = rules.boundOutside;
  const [first = 0] = rules.tuples.rowsOf(tuple);
  const family = sockets.family[first] === 6 ? 6 : 4;
  const localAddress = sockets.addressText(family, sockets.localAddress[first] ?? 0);
  const remoteAddress = sockets.addressText(family, sockets.remoteAddress[first] ?? 0);
  const remotePort = sockets.remotePort[first] ?? 0;
  const used = counts.liveUsed + counts.timeWaitUsed;
  const { count: lost, isLostTo } = portsLostToOthers(tuple, bound, used, rules.byParity);
  const usable = rules.byParity.first + rules.byParity.second - lost;
  return {
    key: groupKey(rules.placeId, localAddress, remoteAddress, remotePort),
    label: groupLabel(localAddress, remoteAddress, remotePort),
    localAddress,
    remoteAddress,
    remotePort,
    family,
    portRange: rules.range,
    usable,
    used,
    liveUsed: counts.liveUsed,
    timeWaitUsed: counts.timeWaitUsed,
    free: usable - used,
    reusable: counts.reusable,
    headroomPercent: headroomPercent(used, usable),
    parity: {
      first: { usable: rules.byParity.first, used: counts.firstHalfUsed },
      second: { usable: rules.byParity.second - lost, used: used - counts.firstHalfUsed },
    },
    fullRangeUsed: counts.fullRangeUsed,
    reservedUsed: counts.reservedUsed,
    fullRangeLost: outside === undefined ? 0 : outside.total - outside.countOf(tuple),
    freedByReuse: counts.freedByReuse,
    orphanedFinWait2: counts.orphanedFinWait2,
    bindBeforeConnect: {
      suspected: bound.countOf(tuple) > 0,
      ports: bound.countOf(tuple),
      certain: bound.isCertain(tuple),
    },
    byState: namedStateCounts(counts.byState),
    owners: counts.owners,
    unownedSockets: counts.unownedSockets,
    closeRate: closesPerSecond(counts.schedule),
    drainSchedule: counts.schedule,
    overdueTimeWait: counts.overdue,
    reusableFromAgeMs: Number.isFinite(reusableFrom) ? reusableFrom : undefined,
    portUse: drawing?.finish(isLostTo),
  };
}

/** The key of a group: its place and its tuple. */
export function groupKey(
  placeId: string,
  localAddress: string,
  remoteAddress: string,
  remotePort: number,
): string {
  return `${placeId} ${groupLabel(localAddress, remoteAddress, remotePort)}`;
}

/** `10.0.3.7 → 10.0.9.21:8080`, `::1 → [::1]:8080`. */
export function groupLabel(
  localAddress: string,
  remoteAddress: string,
  remotePort: number,
): string {
  return `${localAddress} → ${endpoint(remoteAddress, remotePort)}`;
}

/** `10.0.9.21:8080`, `[::1]:8080` (RFC 3986, 3.2.2). */
export function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
