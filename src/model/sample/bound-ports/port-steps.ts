import type { SocketTable } from '../../../kernel/socket-table.ts';
import { TIME_WAIT } from '../../../kernel/tcp-state.ts';
import type { PortHalves } from './port-halves.ts';
import {
  type AgeOrder,
  type Batches,
  isBatch,
  isConnectRun,
  isTogether,
  type Steps,
} from './likelihood.ts';
import { once } from '../once.ts';

/*
 * connect() takes the ports of a tuple one after another: each search begins a few ports behind the one before
 * (table_perturb in __inet_hash_connect, net/ipv4/inet_hashtables.c), whether it goes through one half of the range or,
 * with IP_LOCAL_PORT_RANGE, through both. So does a program that numbers its ports itself. bind() of port 0 begins
 * anywhere (inet_csk_find_open_port). Inodes say in which order live sockets were made, and ages in which order
 * TIME_WAIT was closed.
 */

/** Socket numbers are given out by CPU in blocks, so that a predecessor may be further back. */
const PREDECESSORS = 2;
/**
 * A step is at most so much of the ports that the tuple spans: other tuples and other CPUs take ports between two of this
 * one. (Ports of a narrower, earlier range are all near each other in the present one.)
 */
const LONGEST_STEP = 1 / 24;
/** How far connect() goes on at most where nothing is in its way (`i` and get_random_u32_below(8) in the same function). */
const LONGEST_OF_CONNECT = 16;
/** Steps of 2, 4, … 16 are equally likely. */
const MEAN_OF_CONNECT = 9;
/** The share of ports that follow a predecessor by chance. */
export const CHANCE_OF_STEP = PREDECESSORS * LONGEST_STEP;

/** The same steps, forward and back. */
export interface BothWays {
  readonly onward: Steps;
  readonly back: Steps;
  /** The same ports, of which several were closed in one tick. */
  readonly batches: Batches;
}

/** How a tuple's ports follow each other. */
export interface PortSteps {
  /** True if connect()'s steps all count: if the ports span so much that they are short beside it. */
  readonly isTelling: boolean;
  /** In which order live sockets of the two halves were made. */
  readonly liveOrder: AgeOrder;
  /** Those of the first half whose order is the one in which they were taken. */
  readonly liveFirst: Steps;
  readonly second: Steps;
  /** The live ones of `second`. */
  readonly liveSecond: Steps;
  /** TIME_WAIT of the second half, in the order of closes. */
  readonly closedSecond: BothWays;
  /**
   * Ports of the first half that were opened or closed in turn, or closed in turn back, in rows too long for chance. Those of
   * sockets with IP_BIND_ADDRESS_NO_PORT do not count: they are known.
   */
  readonly firstRuns: ReadonlySet<number>;
  /** The same of the second half, by steps as short as are usual there. If others are left, the ends of a row may be theirs. */
  readonly secondRuns: ReadonlySet<number>;
  readonly liveRuns: LiveRuns;
  /** The same of so many of them, those that were made first: its ports in rows, and whether none is left beside. */
  readonly firstMade: (count: number) => { isWhole: boolean; ports: ReadonlySet<number> };
}

/** Live ports of the second half in such rows. */
export interface LiveRuns {
  /** Those without IP_BIND_ADDRESS_NO_PORT. */
  readonly ports: number;
  /** None is left beside them. */
  readonly isWhole: boolean;
  /** About so many that connect() took between them have gone. */
  readonly skipped: number;
}

/** Counts the steps in a tuple's distinct ports; `rows`: one for each. Those that nobody asks for are not counted. */
export function portSteps(
  sockets: SocketTable,
  rows: readonly number[],
  halves: PortHalves,
): PortSteps {
  const isClosed = (row: number) => sockets.state[row] === TIME_WAIT;
  const portOf = (row: number) => sockets.localPort[row] ?? 0;
  const hasOption = (row: number) => sockets.bindAddressNoPort[row] === 1;
  // Orphans have no inode.
  const isStarted = (row: number) => !isClosed(row) && sockets.inode[row] !== 0;
  const live = rows.filter(isStarted);
  const startOf = (row: number) => sockets.inode[row] ?? 0;
  const timeOf = (row: number) => sockets.timerMs[row] ?? 0;
  // What was closed in the same tick is in no order; none by port may come of it.
  const closeOf = (row: number) => timeOf(row) * 0x10000 + shuffled(portOf(row));
  const byStart = once(() => inOrder(live, startOf, portOf));
  const byClose = once(() => inOrder(rows.filter(isClosed), closeOf, portOf));
  const longest = LONGEST_STEP * Math.min(halves.size, spanOf(sockets, rows));
  const stepsIn = (ordered: readonly number[], half: 0 | 1) =>
    countSteps(ordered, half, halves, longest);
  /** The ports of a half in the order of starts, of closes, and of those back. */
  const orders = (half: 0 | 1) => {
    const isAsked = (row: number) => halves.halfOf(portOf(row)) === half && !hasOption(row);
    const asked = rows.filter(isAsked);
    const ended = inOrder(asked.filter(isClosed), closeOf, portOf);
    return [inOrder(asked.filter(isStarted), startOf, portOf), ended, ended.toReversed()];
  };
  const ordersOfSecond = once(() => orders(1));
  const connectRuns = (ports: readonly number[], chance?: number) =>
    runsIn(ports, halves, usualStep(ports, halves, longest), chance);
  const runsOfSecond = once(() => ordersOfSecond().flatMap((ports) => connectRuns(ports)));
  const closedOfSecond = () =>
    rows.filter((row) => isClosed(row) && halves.halfOf(portOf(row)) === 1);
  const runsOfTicks = () => {
    const closed = closedOfSecond();
    const times = new Set(closed.map(timeOf));
    const chance = 1 - (1 - LONGEST_STEP) ** (closed.length / Math.max(1, times.size));
    return [1, -1].flatMap((sign) => {
      const ports = inTicks(closed, (row) => sign * timeOf(row), portOf);
      return connectRuns(ports, chance);
    });
  };
  const liveSecond = once(() => stepsIn(byStart(), 1));
  const closedOn = once(() => stepsIn(byClose(), 1));
  return {
    isTelling: longest >= LONGEST_OF_CONNECT,
    get liveOrder() {
      return orderOfHalves(byStart(), halves);
    },
    get liveFirst() {
      return stepsIn(byStart(), 0);
    },
    get second() {
      return {
        count: liveSecond().count + closedOn().count,
        inStep: liveSecond().inStep + closedOn().inStep,
      };
    },
    get liveSecond() {
      return liveSecond();
    },
    get closedSecond() {
      const back = stepsIn(byClose().toReversed(), 1);
      return {
        onward: closedOn(),
        back,
        batches: batchesOf(closedOfSecond(), timeOf, portOf, halves),
      };
    },
    get firstRuns() {
      return new Set(
        orders(0)
          .flatMap((ports) => runsIn(ports, halves, longest))
          .flat(),
      );
    },
    get secondRuns() {
      const all = ordersOfSecond().flat();
      const runs = runsOfSecond();
      const ports = new Set(runs.flat());
      if (all.every((port) => ports.has(port))) return ports;
      // What was closed in one tick may have been closed in the order of its ports, if that makes all of them fit.
      for (const port of runsOfTicks().flat()) ports.add(port);
      if (all.every((port) => ports.has(port))) return ports;
      return new Set(withoutEnds(runs));
    },
    get liveRuns() {
      // Those with the option are connect()'s too.
      const isOfSecond = (port: number) => halves.halfOf(port) === 1;
      const started = byStart().filter(isOfSecond);
      const runs = connectRuns(started);
      const inRuns = runs.reduce((sum, run) => sum + run.length, 0);
      const skipped = runs.reduce((sum, run) => sum + skippedIn(run, halves), 0);
      const ports = ordersOfSecond()[0]?.length ?? 0;
      return { ports, isWhole: inRuns === started.length, skipped };
    },
    firstMade(count) {
      const started = (ordersOfSecond()[0] ?? []).slice(0, count);
      const runs = connectRuns(started);
      const isWhole = new Set(runs.flat()).size === started.length;
      return { isWhole, ports: new Set(withoutEnds(runs)) };
    },
  };
}

/** Ports from the lowest to the highest one; orphans, of unknown order, do not count. */
function spanOf({ state, inode, localPort }: SocketTable, rows: readonly number[]): number {
  let [low, high] = [65535, 0];
  for (const row of rows) {
    if (state[row] !== TIME_WAIT && inode[row] === 0) continue;
    const port = localPort[row] ?? 0;
    low = Math.min(low, port);
    high = Math.max(high, port);
  }
  return high - low + 1;
}

function orderOfHalves(ordered: readonly number[], halves: PortHalves): AgeOrder {
  let [first, second, secondIsOlder] = [0, 0, 0];
  for (const port of ordered)
    if (halves.halfOf(port) === 1) second++;
    else {
      first++;
      secondIsOlder += second;
    }
  return { first, second, secondIsOlder };
}

/** Counts the ports of a half that are a step ahead of a predecessor. */
function countSteps(
  ordered: readonly number[],
  half: 0 | 1,
  halves: PortHalves,
  longest: number,
): Steps {
  let [count, inStep] = [0, 0];
  for (let index = 1; index < ordered.length; index++) {
    if (halves.halfOf(ordered[index] ?? 0) !== half) continue;
    count++;
    if (isStep(ordered, index, PREDECESSORS, halves, longest)) inStep++;
  }
  return { count, inStep };
}

/** The rows of ports of which each follows the one before. `chance`: that one follows. */
function runsIn(
  ordered: readonly number[],
  halves: PortHalves,
  longest: number,
  chance = LONGEST_STEP,
): number[][] {
  const found: number[][] = [];
  let start = 0;
  for (let index = 1; index <= ordered.length; index++) {
    if (index < ordered.length && isStep(ordered, index, 1, halves, longest)) continue;
    if (isConnectRun(index - start, ordered.length, chance))
      found.push(ordered.slice(start, index));
    start = index;
  }
  return found;
}

/** Steps longer than so many usual ones are none. */
const MOST_OF_USUAL = 4;

/** The longest step among ports in order, as the usual ones are, if that is less than `longest`. */
function usualStep(ordered: readonly number[], halves: PortHalves, longest: number): number {
  const steps: number[] = [];
  for (let index = 1; index < ordered.length; index++) {
    const step = stepAhead(ordered[index - 1] ?? 0, ordered[index] ?? 0, halves);
    if (step <= longest) steps.push(step);
  }
  steps.sort((a, b) => a - b);
  const usual = steps[Math.floor(steps.length / 2)] ?? longest;
  return Math.min(longest, Math.max(LONGEST_OF_CONNECT, MOST_OF_USUAL * usual));
}

/** The ends of rows may be other ports that follow by chance. */
function withoutEnds(runs: readonly (readonly number[])[]): number[] {
  return runs.flatMap((run) => run.slice(1, -1));
}

/** About how many steps of connect() a row has more than it has ports. */
function skippedIn(run: readonly number[], halves: PortHalves): number {
  let ahead = 0;
  for (let index = 1; index < run.length; index++)
    ahead += stepAhead(run[index - 1] ?? 0, run[index] ?? 0, halves);
  return Math.max(0, ahead / MEAN_OF_CONNECT - (run.length - 1));
}

/** How far a port is ahead of another one, around the range. */
function stepAhead(from: number, to: number, halves: PortHalves): number {
  return to <= from ? to - from + halves.size : to - from;
}

/** True if a port is a step ahead of one of those just before it. */
function isStep(
  ordered: readonly number[],
  index: number,
  predecessors: number,
  halves: PortHalves,
  longest: number,
): boolean {
  for (let back = 1; back <= predecessors && back <= index; back++) {
    if (stepAhead(ordered[index - back] ?? 0, ordered[index] ?? 0, halves) <= longest) return true;
  }
  return false;
}

/** A number below 65,536 that has nothing to do with the port's own (the finaliser of MurmurHash3). */
function shuffled(port: number): number {
  const mixed = Math.imul(port ^ (port >>> 8), 0x85ebca6b);
  const twice = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (twice ^ (twice >>> 16)) & 0xffff;
}

/** The ports of rows, in the order of a number that each row has. */
function inOrder(
  rows: readonly number[],
  placeOf: (row: number) => number,
  portOf: (row: number) => number,
): number[] {
  // Numbers sort far faster than what a function compares.
  const keys = new Float64Array(rows.length);
  for (const [index, row] of rows.entries())
    keys[index] = Math.min(placeOf(row), MOST_PLACE) * 0x10000 + portOf(row);
  keys.sort();
  return Array.from(keys, (key) => key % 0x10000);
}

/** The ports of rows in the order of a time; of one time, upwards from the port before, around the range. */
function inTicks(
  rows: readonly number[],
  timeOf: (row: number) => number,
  portOf: (row: number) => number,
): number[] {
  const ports: number[] = [];
  for (const [, tick] of [...Map.groupBy(rows, timeOf)].toSorted(([a], [b]) => a - b)) {
    const upwards = tick.map(portOf).toSorted((a, b) => a - b);
    const before = ports.at(-1) ?? 0;
    const from = Math.max(
      0,
      upwards.findIndex((port) => port > before),
    );
    ports.push(...upwards.slice(from), ...upwards.slice(0, from));
  }
  return ports;
}

/** How close together the ports lie that were closed in one tick, around the range. */
function batchesOf(
  rows: readonly number[],
  timeOf: (row: number) => number,
  portOf: (row: number) => number,
  halves: PortHalves,
): Batches {
  let [ports, together] = [0, 0];
  for (const tick of Map.groupBy(rows, timeOf).values()) {
    if (!isBatch(tick.length)) continue;
    ports += tick.length;
    const upwards = tick.map(portOf).toSorted((a, b) => a - b);
    const gaps = upwards.map((port, index) => stepAhead(upwards.at(index - 1) ?? 0, port, halves));
    // All of them lie beside the largest gap.
    const part = (halves.size - Math.max(...gaps)) / halves.size;
    if (isTogether(tick.length, part)) together += tick.length;
  }
  return { ports, together };
}

/** Larger ones would lose the port behind them; no inode and no timer of TIME_WAIT is. */
const MOST_PLACE = 2 ** 36;
