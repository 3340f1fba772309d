import type { PortRange } from '../../kernel/port-range.ts';
import type { SocketOwners } from '../../kernel/socket-owners.ts';
import type { SocketTable } from '../../kernel/socket-table.ts';
import { namedStateCounts } from '../../kernel/tcp-state.ts';
import { isLoopback, isLoopbackGroup } from './addresses.ts';
import { type BoundPorts, inferBoundPorts } from './bind-before-connect.ts';
import { deviceOf, LOOPBACK_DEVICE, portsLostToUnbound, withoutPorts } from './device-scope.ts';
import { headroomPercent, portsLostToOthers } from './headroom.ts';
import { OwnerTally } from './owners.ts';
import type { PortMap, PortsByParity } from './port-space.ts';
import { PortUseCounter } from './port-use.ts';
import type { RefusalMemory, TupleText } from './refusal-memory.ts';
import { largestFirst, type Remainder, sumRemainder } from './remainder.ts';
import { countNoRows, countRows, type CountingRules, type RowCounts } from './row-counts.ts';
import { closesPerSecond, reusableFromAgeMs, type ReuseRule } from './time-wait.ts';
import { fullestFirst, type TupleGroup } from './tuple-group.ts';
import { groupKey, groupLabel } from './tuple-label.ts';
import type { TupleRows } from './tuple-rows.ts';

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
  /** Names of devices by number; what is missing has no name. */
  readonly deviceNames: ReadonlyMap<number, string> | undefined;
  /** What was refused; undefined: it cannot be seen. */
  readonly refusals: RefusalMemory | undefined;
  /** Unix ms of the sample. */
  readonly takenAtMs: number;
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
  const { tuples, deviceNames } = rules;
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
  const connected = bySize.slice(0, rules.mostGroups).map((tuple) => {
    const age = reusableFrom(tuple);
    const drawing = drawn.has(tuple) ? portUse : undefined;
    drawing?.begin();
    const counts = countRows(counting, tuple, age, drawing);
    const used = counts.liveUsed + counts.timeWaitUsed;
    const lost = portsLostToOthers(tuple, bound, used, rules.byParity);
    const unbound = portsLostToUnbound({ ...counting, reusableFrom }, tuple, lost);
    for (const port of unbound) drawing?.add(port, 'held');
    const text = tupleText(sockets, tuples, tuple, deviceNames);
    const group = summarise(text, { tuple, age, counts, drawing }, rules, bound);
    return withoutPorts(group, unbound, firstParity);
  });
  const groups = [...connected, ...refusedGroups(connected, counting, bound)];
  return {
    groups: groups.toSorted(fullestFirst),
    remainder: sumRemainder(sockets, tuples, bySize.slice(rules.mostGroups), rules.timeWaitSeconds),
    boundPorts: bound.total,
  };
}

function isLoopbackTuple(sockets: SocketTable, row: number): boolean {
  if (sockets.deviceIndex[row] === LOOPBACK_DEVICE) return true;
  const family = sockets.family[row] ?? 4;
  const ends = [sockets.localAddress[row] ?? 0, sockets.remoteAddress[row] ?? 0];
  return ends.some((address) => isLoopback(sockets, family, address));
}

function tupleText(
  sockets: SocketTable,
  tuples: TupleRows,
  tuple: number,
  deviceNames: GroupingRules['deviceNames'],
): TupleText & Pick<TupleGroup, 'device'> {
  const [row = 0] = tuples.rowsOf(tuple);
  const family = sockets.family[row] === 6 ? 6 : 4;
  return {
    family,
    localAddress: sockets.addressText(family, sockets.localAddress[row] ?? 0),
    remoteAddress: sockets.addressText(family, sockets.remoteAddress[row] ?? 0),
    remotePort: sockets.remotePort[row] ?? 0,
    device: deviceOf(sockets, row, deviceNames),
  };
}

/** No tuple of the table. */
const NO_TUPLE = -1;

/** Groups of tuples that have no connection at all, since each connect() was refused. */
function refusedGroups(
  connected: readonly TupleGroup[],
  counting: CountingRules & Omit<GroupingRules, 'owners'>,
  bound: BoundPorts,
): TupleGroup[] {
  const known = new Set(connected.map(({ key }) => key));
  const refused = [...(counting.refusals?.tuples() ?? [])].filter(([key]) => !known.has(key));
  return refused.map(([, text]) => {
    const age = reusableFromAgeMs(counting.reuse, isLoopbackGroup(text));
    const counts = countNoRows(counting);
    return summarise(text, { tuple: NO_TUPLE, age, counts, drawing: undefined }, counting, bound);
  });
}

/** What the rows of a tuple come to. */
interface Counted {
  /** Its number, or NO_TUPLE. */
  readonly tuple: number;
  /** Age in ms from which on its TIME_WAIT is reusable. */
  readonly age: number;
  readonly counts: RowCounts;
  readonly drawing: PortUseCounter | undefined;
}

function summarise(
  {
    family,
    localAddress,
    remoteAddress,
    remotePort,
    device,
  }: TupleText & Pick<TupleGroup, 'device'>,
  { tuple, age, counts, drawing }: Counted,
  rules: Omit<GroupingRules, 'owners'>,
  bound: BoundPorts,
): TupleGroup {
  const outside = rules.boundOutside;
  const used = counts.liveUsed + counts.timeWaitUsed;
  const { count: lost, isLostTo } = portsLostToOthers(tuple, bound, used, rules.byParity);
  const usable = rules.byParity.first + rules.byParity.second - lost;
  const key = groupKey(rules.placeId, localAddress, remoteAddress, remotePort, device);
  return {
    key,
    label: groupLabel(localAddress, remoteAddress, remotePort, device),
    localAddress,
    remoteAddress,
    remotePort,
    family,
    ...(device !== undefined && { device }),
    portRange: rules.range,
    usable,
    used,
    liveUsed: counts.liveUsed,
    timeWaitUsed: counts.timeWaitUsed,
    free: usable - used,
    freeAtLeast: usable - used,
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
    connectFailures: rules.refusals?.of(key, rules.takenAtMs),
    byState: namedStateCounts(counts.byState),
    owners: counts.owners,
    unownedSockets: counts.unownedSockets,
    closeRate: closesPerSecond(counts.schedule),
    drainSchedule: counts.schedule,
    overdueTimeWait: counts.overdue,
    reusableFromAgeMs: Number.isFinite(age) ? age : undefined,
    portUse: drawing?.finish(isLostTo),
  };
}
