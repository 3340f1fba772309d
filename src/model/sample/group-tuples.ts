import type { PortRange } from '../../kernel/port-range.ts';
import type { TcpCounters } from '../../kernel/counters.ts';
import type { SocketOwners } from '../../kernel/socket-owners.ts';
import type { SocketTable } from '../../kernel/socket-table.ts';
import type { SysctlValues } from '../../kernel/sysctl.ts';
import { namedStateCounts } from '../../kernel/tcp-state.ts';
import { isLoopback, isLoopbackGroup, ownAddresses } from './addresses.ts';
import { type BoundPorts, NONE_BOUND, portsInDoubt } from './bound-ports/findings.ts';
import { type KnownBound, NONE_KNOWN } from './bound-ports/rows.ts';
import { type BoundPortSearch, inferBoundPorts } from './bound-ports/infer.ts';
import { withMaybeAccepted } from './bound-ports/maybe-accepted.ts';
import { once } from './once.ts';
import type { SeenNow } from './bound-ports/likelihood.ts';
import type { History } from './bound-ports/verdict.ts';
import type { WitnessMemory } from './bound-ports/witness-memory.ts';
import {
  LOOPBACK_DEVICE,
  ofSeveralDevices,
  portsLostToUnbound,
  withoutPorts,
} from './device-scope.ts';
import { FULL_RANGE } from './full-range.ts';
import { carefully, headroomPercent, lostToBind, signsOf } from './headroom.ts';
import { OwnerTally } from './owners.ts';
import type { PortMap, PortsByParity } from './port-space.ts';
import { type PortUse, PortUseCounter, USE_INDEX } from './port-use.ts';
import type { RefusalMemory } from './refusal-memory.ts';
import { largestFirst, type Remainder, sumRemainder } from './remainder.ts';
import { countNoRows, countRows, type CountingRules, type RowCounts } from './row-counts.ts';
import { withReuse, withUnshownReuse } from './doubts.ts';
import { isReuseShown, reuseOf } from './reuse-of.ts';
import type { TimestampMemory } from './peer-timestamps.ts';
import { checkReuse } from './reuse-check.ts';
import type { ReuseMemory } from './reuse-memory.ts';
import { closesPerSecond, reusableFromAgeMs, type ReuseRule } from './time-wait.ts';
import { fullestFirst, type TupleGroup } from './tuple-group.ts';
import { groupLabel } from './tuple-label.ts';
import { portsOf, rowOf, type TupleRows } from './tuple-rows.ts';
import { keyOf, type ScopedTuple, type TupleTexts } from './tuple-text.ts';
import { findUnusual } from './unusual-ports.ts';

/** What grouping needs besides the rows. */
export interface GroupingRules {
  /** The id of the place that the sockets were read in. */
  readonly placeId: string;
  readonly tuples: TupleRows;
  /** The same in words. */
  readonly texts: TupleTexts;
  readonly range: PortRange;
  readonly portMap: PortMap;
  /** The port map for the widest range. */
  readonly fullRangeMap: PortMap;
  /** Ports of accepted sockets, perhaps. */
  readonly maybeAccepted: ReadonlySet<number>;
  readonly counters: TcpCounters;
  /** What earlier samples saw of bound ports. */
  readonly witnesses: WitnessMemory | undefined;
  readonly knownBound: KnownBound;
  readonly byParity: PortsByParity;
  readonly reuse: ReuseRule;
  readonly sysctls: SysctlValues;
  /** What earlier samples say about TIME_WAIT that is not taken over. */
  readonly reuseMemory: ReuseMemory;
  /** Which peers' live connections have TCP timestamps; undefined: the source does not tell. */
  readonly timestamps: TimestampMemory | undefined;
  /** How long TIME_WAIT lasts. */
  readonly timeWaitSeconds: number;
  /** True if the source shows to which device a socket is bound. */
  readonly showsDevices: boolean;
  readonly owners: SocketOwners;
  /** Refused connect() calls; undefined: they cannot be seen. */
  readonly refusals: RefusalMemory | undefined;
  /** Unix ms of the sample. */
  readonly takenAtMs: number;
  /** Number of groups to measure one by one; smaller ones are summed up. */
  readonly mostGroups: number;
  /** True if the largest groups are to have their `portUse`. */
  readonly isDrawn: boolean;
}

/** The groups of a table. */
export interface Grouping {
  /** Fullest first. */
  readonly groups: readonly TupleGroup[];
  /** The smallest groups, beyond `mostGroups`. */
  readonly remainder: Remainder;
  /** Number of ports certainly taken by bind() before connect(). */
  readonly boundPorts: number;
  /** Number of further ports that may be. */
  readonly maybeBoundPorts: number;
  readonly bound: BoundPorts;
}

/** Number of groups whose ports are counted for drawing: about as many as a screen shows. */
const MOST_DRAWN = 20;

/** Measures each tuple of outgoing connections. */
export function groupTuples(sockets: SocketTable, rules: GroupingRules): Grouping {
  const { tuples, texts } = rules;
  const reusableFrom = (tuple: number) => {
    return reusableFromAgeMs(rules.reuse, isLoopbackTuple(sockets, rowOf(tuples, tuple)));
  };
  const knownReusableFrom = (tuple: number) => {
    const isRefuted =
      rules.timestamps?.of(texts.of(tuple))?.having === 0 ||
      rules.reuseMemory.of(texts.keyOf(tuple))?.works === false;
    return isRefuted ? Infinity : reusableFrom(tuple);
  };
  const bySize = largestFirst(tuples);
  const drawn = new Set(rules.isDrawn ? bySize.slice(0, MOST_DRAWN) : []);
  const firstParity = rules.range.low & 1;
  const history = historyOf(rules);
  const search = { ...rules, sockets, history, reusableFrom: knownReusableFrom };
  const bound = withMaybeAccepted(inferBoundPorts(search), rules);
  const outside = boundOutside(search);
  const portCounter = once(() => new PortUseCounter(rules.range, rules.portMap, bound));
  const counting = {
    ...rules,
    sockets,
    bound,
    unusual: findUnusual([rules.portMap, rules.fullRangeMap], bound),
    outsideMarks: outside.marks,
    lostOutside: outside.certain.first + outside.certain.second + portsInDoubt(outside.possible),
    firstParity,
    owners: new OwnerTally(rules.owners),
  };
  const checks = checkReuse(
    {
      ...counting,
      usableFirst: rules.byParity.first - bound.certain.first,
      reusableFrom,
      keyOf: (tuple) => texts.keyOf(tuple),
    },
    rules.reuseMemory.countsUntil(rules.counters, rules.sysctls, rules.takenAtMs),
  );
  const isOwn = once(() => ownAddresses(sockets));
  const connected = bySize.slice(0, rules.mostGroups).map((tuple) => {
    const text = texts.of(tuple);
    const counted = rules.reuseMemory.of(texts.keyOf(tuple)) ?? checks.get(tuple);
    const row = rowOf(tuples, tuple);
    const stamped = {
      peer: rules.timestamps?.of(text),
      address: rules.timestamps?.ofAddress(text),
    };
    const reuse = reuseOf(sockets, row, stamped, counted);
    const age = reuse?.works === false ? Infinity : reusableFrom(tuple);
    const drawing = drawn.has(tuple) ? portCounter() : undefined;
    drawing?.begin();
    const counts = countRows(counting, tuple, age, drawing);
    const unbound = portsLostToUnbound({ ...counting, reusableFrom }, tuple);
    for (const port of unbound) drawing?.add(port, USE_INDEX.held);
    const portUse = drawing?.finish(portsOf(tuples, tuple));
    const group = withReuse(
      summarise(text, { tuple, age, counts, portUse }, counting, bound),
      reuse,
    );
    const isShown =
      reuse !== undefined ||
      group.reusable === 0 ||
      isReuseShown(sockets, row, stamped, rules.counters) ||
      isOwn()(row);
    const withDoubts = isShown ? group : withUnshownReuse(group);
    const isOfSeveral = !rules.showsDevices && tuples.repeated.has(tuple);
    const careful = isOfSeveral ? ofSeveralDevices(withDoubts) : withDoubts;
    return withoutPorts(careful, unbound, firstParity);
  });
  const groups = [...connected, ...refusedGroups(connected, counting, bound)];
  return {
    groups: groups.toSorted(fullestFirst),
    remainder: sumRemainder(tuples, bySize.slice(rules.mostGroups), rules.timeWaitSeconds),
    boundPorts: bound.certain.first + bound.certain.second,
    maybeBoundPorts: portsInDoubt(bound.possible),
    bound,
  };
}

/** Ports outside the range that seem to be bound. They would be lost in the widest range. */
function boundOutside(search: BoundPortSearch & Pick<GroupingRules, 'fullRangeMap'>): BoundPorts {
  const { range, fullRangeMap, tuples } = search;
  const isAnyTaken = (low: number, high: number) =>
    tuples.isTaken.subarray(low, high + 1).includes(1);
  const isAnyOutside =
    isAnyTaken(FULL_RANGE.low, range.low - 1) || isAnyTaken(range.high + 1, FULL_RANGE.high);
  if (!isAnyOutside) return NONE_BOUND;
  const portMap = fullRangeMap.slice().fill(1, range.low, range.high + 1);
  return inferBoundPorts({ ...search, knownBound: NONE_KNOWN, range: FULL_RANGE, portMap });
}

/** What the counters and earlier samples say about ports that connect() may have taken in a rush. */
function historyOf({ tuples, texts, counters, witnesses, range }: GroupingRules): History {
  const { activeOpens, timeWaitReused } = counters;
  const witnessOf = (tuple: number, now: SeenNow) => witnesses?.of(texts.keyOf(tuple), now);
  return {
    // Only a narrower range explains why ports lie in a block.
    formerRanges: witnesses?.ranges.filter(({ low, high }) => high - low < range.high - range.low),
    vanished: activeOpens === undefined ? undefined : Math.max(0, activeOpens - tuples.rows.length),
    timeWaitReused,
    witnessOf: witnesses && witnessOf,
    hasOverflown: witnesses && ((tuple) => witnesses.hasOverflown(texts.keyOf(tuple))),
  };
}

function isLoopbackTuple(sockets: SocketTable, row: number): boolean {
  if (sockets.deviceIndexOf(row) === LOOPBACK_DEVICE) return true;
  const family = sockets.familyOf(row);
  const ends = [sockets.localAddressOf(row), sockets.remoteAddressOf(row)];
  return ends.some((address) => isLoopback(sockets, family, address));
}

/** The number of a tuple that is not in the table. */
const NO_TUPLE = -1;

/** Groups of tuples without any connection, because each connect() was refused. */
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
    return summarise(text, { tuple: NO_TUPLE, age, counts }, counting, bound);
  });
}

/** A tuple's rows, counted. */
interface Counted {
  /** Its number, or NO_TUPLE. */
  readonly tuple: number;
  /** Age in ms above which its TIME_WAIT is reusable; Infinity: never. */
  readonly age: number;
  readonly counts: RowCounts;
  readonly portUse?: PortUse | undefined;
}

function summarise(
  text: ScopedTuple,
  { tuple, age, counts, portUse }: Counted,
  rules: Omit<GroupingRules, 'owners'> & Pick<CountingRules, 'lostOutside'>,
  bound: BoundPorts,
): TupleGroup {
  const used = counts.liveUsed + counts.timeWaitUsed;
  const lost = lostToBind(bound, counts);
  const first = rules.byParity.first - lost.certain.first;
  const second = rules.byParity.second - lost.certain.second;
  const usable = first + second;
  const found = bound.of(tuple);
  const key = keyOf(rules.placeId, text);
  return {
    ...text,
    key,
    label: groupLabel(text.localAddress, text.remoteAddress, text.remotePort, text.device),
    portRange: rules.range,
    usable,
    used,
    liveUsed: counts.liveUsed,
    timeWaitUsed: counts.timeWaitUsed,
    free: usable - used,
    ...carefully(usable - used, lost, bound, found),
    reusable: counts.reusable,
    headroomPercent: headroomPercent(used, usable),
    parity: {
      first: {
        usable: first,
        used: counts.firstHalfUsed,
        reusable: counts.firstHalfReusable,
      },
      second: {
        usable: second,
        used: used - counts.firstHalfUsed,
        reusable: counts.reusable - counts.firstHalfReusable,
      },
    },
    outsideRange: counts.outside,
    fullRangeUsed: counts.fullRangeUsed,
    reservedUsed: counts.reservedUsed,
    fullRangeLost: rules.lostOutside - counts.boundOutside,
    freedByReuse: counts.freedByReuse,
    orphanedFinWait2: counts.orphanedFinWait2,
    bindBeforeConnect: signsOf(found),
    connectFailures: rules.refusals?.of(key, rules.takenAtMs),
    byState: namedStateCounts(counts.byState),
    owners: counts.owners,
    unownedSockets: counts.unownedSockets,
    closeRate: closesPerSecond(counts.schedule),
    drainSchedule: counts.schedule,
    overdueTimeWait: counts.overdue,
    reusableFromAgeMs: Number.isFinite(age) ? age : undefined,
    portUse,
  };
}
