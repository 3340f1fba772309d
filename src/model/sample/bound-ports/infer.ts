import type { SocketTable } from '../../../kernel/socket-table.ts';
import type { PortRange } from '../../../kernel/port-range.ts';
import { NO_TUPLE } from '../../../kernel/tuple-index.ts';
import { type PortMap, RESERVED } from '../port-space.ts';
import type { TupleRows } from '../tuple-rows.ts';
import { Collector, type SourceEvidence } from './evidence.ts';
import { hasClearRoom, isBeyondShare, isBeyondSurvivors, isDisjointByBind } from './likelihood.ts';
import { type BoundPorts, Findings, NONE_BOUND } from './findings.ts';
import { once } from '../once.ts';
import { numberedTogether } from './numbered-together.ts';
import { overflowOf, withFormerOverflow } from './overflow.ts';
import { pooled } from './pool.ts';
import { PortHalves, portHalves } from './port-halves.ts';
import { countHalves, type KnownBound, type Rows, sourcesWithSecond } from './rows.ts';
import { judge } from './judge.ts';
import type { Halves, History, Overflow, Verdict } from './verdict.ts';

/*
 * Which connected ports were taken by bind((ip, 0)) and not by connect()? Such a port is lost to every
 * other destination, and no file lists them. But connect() first takes ports of the same parity as the
 * range's first port, and bind() first takes the other parity (__inet_hash_connect in
 * net/ipv4/inet_hashtables.c, inet_csk_find_open_port in net/ipv4/inet_connection_sock.c). So if a group
 * has room in the first half but holds a port of the other parity, the port was bound, unless connect()
 * took it while the first half was full. judge.ts weighs the evidence for both.
 *
 * A bound port is bound for every group: no connect() can use it.
 */

/** Input of the search for bound ports. */
export interface BoundPortSearch {
  readonly sockets: SocketTable;
  readonly tuples: TupleRows;
  readonly range: PortRange;
  readonly portMap: PortMap;
  readonly timeWaitSeconds: number;
  /** Age in ms above which connect() takes over a tuple's TIME_WAIT; Infinity: never, or not by what is known. */
  readonly reusableFrom: (tuple: number) => number;
  readonly history: History;
  /** What earlier looks knew to be bound. */
  readonly knownBound: KnownBound;
}

/** Infers the bound ports of all tuples. */
export function inferBoundPorts(search: BoundPortSearch): BoundPorts {
  const { range, portMap } = search;
  const halves = portHalves(range, portMap);
  const { formerRanges = [] } = search.history;
  const numbered = halves.isLopsided
    ? new Set<number>()
    : numberedTogether({ ...search, halves, formerRanges });
  const isAnyKnown = search.knownBound.tuples.size > 0 || numbered.size > 0;
  // Fast path: usually nothing lies in the second half.
  if (!isAnyKnown && !halves.isLopsided && !hasSecondHalf(search)) return NONE_BOUND;
  let unreserved: PortHalves | undefined;
  const rows: Rows = {
    ...search,
    halves,
    unreserved: () => (unreserved ??= new PortHalves(range, withoutReserved(portMap))),
  };
  // Earlier samples and ranges tell of the two halves.
  const { vanished, timeWaitReused } = search.history;
  const history = rows.halves.isLopsided ? { vanished, timeWaitReused } : search.history;
  const counts = countHalves(rows);
  const collector = new Collector(rows, counts);
  const sources = sourcesWithSecond(rows, counts).map((tuples) => collector.source(tuples));
  const verdicts = pooled(weigh(sources, rows, history), rows, counts, history);
  const findings = new Findings(rows, collector.tally);
  for (const source of sources) {
    const own = source.groups.flatMap(({ tuple }) => verdicts.get(tuple) ?? []);
    const overflow = overflowOf(source, own, rows, history);
    const doubtful = overflow === 'no' ? own.map(withFormerOverflow(source, rows, history)) : own;
    const verdict = overflow === 'certain' ? own.map(withOwnConnects(own)) : doubtful;
    const beside = verdict.map(besideConnects(source, overflow, rows.knownBound));
    findings.add(source, beside.map(withFormerEvidence(rows.knownBound)), overflow);
  }
  for (const tuple of numbered) findings.addNumbered(tuple);
  return findings;
}

function withoutReserved(map: PortMap): PortMap {
  return map.map((mark) => mark & ~RESERVED);
}

function hasSecondHalf({ tuples: { isTaken }, range, portMap }: BoundPortSearch): boolean {
  for (let port = range.low + 1; port <= range.high; port += 2)
    if (isTaken[port] === 1 && portMap[port] === 0) return true;
  return false;
}

/** Judges each group; judges again if ports of the first half may be bound, since those are closed to other groups. */
function weigh(
  sources: readonly SourceEvidence[],
  rows: Rows,
  history: History,
): Map<number, Verdict> {
  const { halves } = rows;
  const space: Halves = {
    first: halves.usable(0),
    second: halves.usable(1),
    firstBlocked: 0,
    isLopsided: halves.isLopsided,
  };
  const verdicts = new Map<number, Verdict>();
  const blockedBy = new Map<SourceEvidence, number>();
  for (const source of sources) {
    const own = besideBinders(
      source.groups.map((group) => besideUnbound(judge(group, source, space, history), rows)),
      source,
      space,
    );
    for (const verdict of own) verdicts.set(verdict.group.tuple, verdict);
    const blocked =
      overflowOf(source, own, rows, history) === 'no'
        ? Math.min(
            source.taken[0],
            own.reduce(
              (sum, { doubt, group }) => sum + (doubt === 'block' ? group.block.first : 0),
              0,
            ),
          )
        : source.taken[0];
    if (blocked > 0) blockedBy.set(source, blocked);
  }
  if (blockedBy.size === 0) return verdicts;
  const all = [...blockedBy.values()].reduce((sum, count) => sum + count, 0);
  for (const source of sources) {
    const own = blockedBy.has(source);
    const again = source.groups.map((group): Verdict => {
      const firstBlocked = Math.max(0, all - (own ? group.first : 0));
      const blockedSpace = { ...space, firstBlocked };
      const verdict = besideUnbound(judge(group, source, blockedSpace, history), rows);
      const before = verdicts.get(group.tuple);
      // What spoke for bind() still does: that others may have filled the first half is only a doubt.
      const isFallen =
        before !== undefined &&
        ((verdict.bound === 'no' && before.bound !== 'no') ||
          (verdict.doubt === 'scattered' && before.doubt !== 'scattered'));
      return isFallen ? { group, bound: 'possible', doubt: 'rush' } : verdict;
    });
    for (const verdict of besideBinders(again, source, space))
      verdicts.set(verdict.group.tuple, verdict);
  }
  return verdicts;
}

/**
 * connect() of a socket that is bound to a device avoids the ports of those without one as well (device-scope.ts), so that its first half may have been full by ports that have gone since.
 */
function besideUnbound(verdict: Verdict, { tuples }: Rows): Verdict {
  const { group, bound } = verdict;
  if (bound !== 'certain' || tuples.unboundOf(group.tuple) === NO_TUPLE) return verdict;
  return { group, bound: 'possible', doubt: 'rush' };
}

/**
 * Where bind() has gone on to the first half, a group that has far more of it than the others have took some by
 * connect(): nobody can tell which.
 */
function withOwnConnects(verdicts: readonly Verdict[]): (verdict: Verdict) => Verdict {
  const sum = (key: 'first' | 'second') =>
    verdicts.reduce((total, { group }) => total + group[key], 0);
  const [first, second] = [sum('first'), sum('second')];
  return (verdict) => {
    const { group } = verdict;
    const others = second - group.second;
    if (verdict.bound !== 'certain' || verdict.firstToo === true || others <= 0) return verdict;
    return isBeyondShare(group.first, group.second, (first - group.first) / others)
      ? { firstDoubt: 'overflow', ...verdict }
      : verdict;
  };
}

/** What spoke for bind() while it was live still does once it is in TIME_WAIT. */
function withFormerEvidence({ backed }: KnownBound): (verdict: Verdict) => Verdict {
  return (verdict) => {
    const { unsupported, ...supported } = verdict;
    const isBacked = unsupported !== undefined && verdict.doubt !== 'shared';
    return isBacked && backed.has(verdict.group.tuple) ? supported : verdict;
  };
}

/** Where some of a group's connections took ports by connect(), nobody can tell which of the others in the first half did. */
function besideConnects(
  source: SourceEvidence,
  overflow: Overflow,
  { connecting }: KnownBound,
): (verdict: Verdict) => Verdict {
  const hasNoPort = once(() => source.groups.some((group) => group.hasNoPort()));
  return (verdict) => {
    const { group, bound, firstToo } = verdict;
    if (bound !== 'certain' || (overflow === 'no' && firstToo !== true)) return verdict;
    const ofConnect = group.steps().firstRuns;
    const isSeen = ofConnect.size > 0;
    // What it took is in doubt until it is gone, though its order is no longer seen.
    if (isSeen || connecting.has(group.tuple)) {
      const isFirstSure = overflow === 'certain' || firstToo === true;
      return {
        ...(isFirstSure && { firstDoubt: 'overflow' }),
        ...verdict,
        ...(isSeen && { ofConnect }),
      };
    }
    // Live ones without the option are told from those that have it.
    return hasNoPort() ? { ...verdict, ofConnect, closedDoubt: 'overflow' } : verdict;
  };
}

/**
 * A group whose first half is full, or was, has ports of the second by connect(), and shares none of them with groups that
 * bind, whether it binds some itself or not.
 */
function besideBinders(
  verdicts: readonly Verdict[],
  { expectedPairs, sharedPairs }: SourceEvidence,
  { first }: Halves,
): readonly Verdict[] {
  const isClear = ({ group }: Verdict) => hasClearRoom(first - group.first, first);
  const binders = verdicts.filter((verdict) => verdict.bound === 'certain' && isClear(verdict));
  if (binders.length === 0) return verdicts;
  // What a rush leaves lies in both halves, and so does what bind() takes once it has used up the second.
  const isUnlikeRush = ({ group }: Verdict) =>
    isBeyondSurvivors(group.second - group.shared, group.first);
  const mayBeByRush = (verdict: Verdict) =>
    verdict.isDisjoint === true &&
    !isUnlikeRush(verdict) &&
    !isDisjointByBind(expectedPairs[0], sharedPairs[0]) &&
    binders.some(isUnlikeRush);
  return verdicts.map((verdict) => {
    const { group, isWitnessed } = verdict;
    if (isWitnessed === true || group.second === 0) return verdict;
    const hasRoom = isClear(verdict);
    if (hasRoom && mayBeByRush(verdict)) return { group, bound: 'possible', doubt: 'rush' };
    return hasRoom ? verdict : { group, bound: 'possible', doubt: 'rush', unsupported: 'all' };
  });
}
