import type { SocketTable } from '../../../kernel/socket-table.ts';
import { TIME_WAIT } from '../../../kernel/tcp-state.ts';
import type { PortHalves } from './port-halves.ts';
import { batchesOf, inOrder, inTicks, shuffled, ticksOf } from './port-order.ts';
import {
  countSteps,
  LONGEST_OF_CONNECT,
  LONGEST_STEP,
  isOfOneStep,
  numberedIn,
  orderOfHalves,
  runsIn,
  skippedIn,
  usualStep,
  withoutEnds,
} from './port-rows.ts';
import { type AgeOrder, type Batches, isMostlyFree, type Steps } from './likelihood.ts';
import { type PortsBeside, portsBeside } from './ports-beside.ts';
import { once } from '../once.ts';

/*
 * connect() takes the ports of a tuple one after another: each search begins a few ports behind the one before
 * (table_perturb in __inet_hash_connect, net/ipv4/inet_hashtables.c), whether it goes through one half of the range or,
 * with IP_LOCAL_PORT_RANGE, through both. So does a program that numbers its ports itself. bind() of port 0 begins
 * anywhere (inet_csk_find_open_port). Inodes say in which order live sockets were made, and ages in which order
 * TIME_WAIT was closed.
 */

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
  readonly beside: PortsBeside;
  /** The same of so many of them, those that were made first: its ports in rows, and whether none is left beside. */
  readonly firstMade: (count: number) => { isWhole: boolean; ports: ReadonlySet<number> };
  /** The others of them, those that were made later. */
  readonly lastMade: (count: number) => Steps;
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

/** Where bind() of port 0 goes from gap to gap, one port follows another so often: what is left lies together. */
const CHANCE_IN_GAPS = 1 / 4;

/**
 * Closes less apart are in no order that the timers tell. procfs prints them in such steps, and what was closed at once is
 * read now before and now after the kernel's clock goes on: in the order of the reading, which is that of the ports since
 * Linux 6.15 (inet_ehashfn).
 */
const TICK_MS = 10;

/** Ports that were closed at once are read as of so little time; they are all in one of two rows of such batches, half of one apart. */
const BATCH_MS = 3 * TICK_MS;

/** Fewer live ports of the first half do not tell whether connect()'s steps are random. */
const FEWEST_STEPS = 16;

/** The rows of a tuple with distinct usable ports. Collected on demand: there may be tens of thousands. */
export interface DistinctRows {
  readonly all: () => readonly number[];
  /** Those that are not in TIME_WAIT. */
  readonly live: () => readonly number[];
}

const NO_STEPS: Steps = { count: 0, inStep: 0 };

/**
 * Counts the steps in a tuple's ports; `takenOfFirst`: ports of the first half that its source address has. Those that nobody
 * asks for are not counted.
 */
export function portSteps(
  sockets: SocketTable,
  { all, live }: DistinctRows,
  halves: PortHalves,
  takenOfFirst: number,
): PortSteps {
  const isClosed = (row: number) => sockets.state[row] === TIME_WAIT;
  const portOf = (row: number) => sockets.localPort[row] ?? 0;
  const hasOption = (row: number) => sockets.bindAddressNoPort[row] === 1;
  // Orphans have no inode.
  const isStarted = (row: number) => !isClosed(row) && sockets.inode[row] !== 0;
  const startOf = (row: number) => sockets.inode[row] ?? 0;
  const leftMs = (row: number) => sockets.leftMsOf(row);
  const timeOf = (row: number) => Math.floor(leftMs(row) / TICK_MS);
  // What was closed in the same tick is in no order; none by port may come of it.
  const closeOf = (row: number) => timeOf(row) * 0x10000 + shuffled(portOf(row));
  const byStart = once(() => inOrder(live().filter(isStarted), startOf, portOf));
  const byClose = once(() => inOrder(all().filter(isClosed), closeOf, portOf));
  const longest = once(() => LONGEST_STEP * Math.min(halves.size, spanOf(sockets, all())));
  const stepsIn = (ordered: readonly number[], half: 0 | 1) =>
    ordered.length < 2 ? NO_STEPS : countSteps(ordered, half, halves, longest());
  /** The ports of a half in the order of starts, of closes, and of those back. */
  const orders = (half: 0 | 1) => {
    const isAsked = (row: number) => halves.halfOf(portOf(row)) === half && !hasOption(row);
    const asked = all().filter(isAsked);
    const ended = inOrder(asked.filter(isClosed), closeOf, portOf);
    return [inOrder(asked.filter(isStarted), startOf, portOf), ended, ended.toReversed()];
  };
  const ordersOfSecond = once(() => orders(1));
  // Before Linux 5.18, connect() goes on by 2 wherever it can, as a program that numbers its ports does.
  const hasRandomSteps = once(() => {
    const [started = []] = orders(0);
    return started.length >= FEWEST_STEPS && !isOfOneStep(started, halves);
  });
  const numbered = once(() => {
    const [started = [], ended = []] = ordersOfSecond();
    return numberedIn([...started, ...ended], halves.usable(1));
  });
  const isNumbered = (run: readonly number[]) =>
    hasRandomSteps() &&
    (isOfOneStep(run, halves) ||
      2 * run.filter((port) => numbered().has(port)).length >= run.length);
  const connectRuns = (ports: readonly number[], chance?: number) =>
    runsIn(ports, halves, usualStep(ports, halves, longest()), chance).filter(
      (run) => !isNumbered(run),
    );
  const runsOfSecond = once(() => ordersOfSecond().flatMap((ports) => connectRuns(ports)));
  const rowsClosed = once(() => {
    const isAsked = (row: number) => isClosed(row) && halves.halfOf(portOf(row)) === 1;
    return all().filter(isAsked);
  });
  const closedOfSecond = once(() => ticksOf(rowsClosed(), timeOf, portOf));
  const closedWithin = (offsetMs: number) =>
    ticksOf(rowsClosed(), (row) => Math.floor((leftMs(row) + offsetMs) / BATCH_MS), portOf);
  const runsOfTicks = () => {
    const { ports, starts } = closedOfSecond();
    const chance = 1 - (1 - LONGEST_STEP) ** (ports.length / Math.max(1, starts.length - 1));
    return ([1, -1] as const).flatMap((step) =>
      connectRuns(inTicks(closedOfSecond(), step), chance),
    );
  };
  const beside = once(() => {
    const isAsked = (row: number) => halves.halfOf(portOf(row)) === 1 && !hasOption(row);
    return portsBeside(all().filter(isAsked).map(portOf), all().map(portOf), byStart());
  });
  const liveSecond = once(() => stepsIn(byStart(), 1));
  const closedOn = once(() => stepsIn(byClose(), 1));
  return {
    get isTelling() {
      return longest() >= LONGEST_OF_CONNECT;
    },
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
        batches: batchesOf([closedWithin(0), closedWithin(BATCH_MS / 2)], halves),
      };
    },
    get firstRuns() {
      const isRoomy = isMostlyFree(takenOfFirst, halves.usable(0));
      const chance = isRoomy ? LONGEST_STEP : CHANCE_IN_GAPS;
      return withPortsOf(orders(0).flatMap((ports) => runsIn(ports, halves, longest(), chance)));
    },
    get secondRuns() {
      const isWhole = () =>
        ordersOfSecond()
          .flat()
          .every((port) => ports.has(port));
      const runs = runsOfSecond();
      const ports = withPortsOf(runs);
      if (isWhole()) return ports;
      // What was closed in one tick may have been closed in the order of its ports, if that makes all of them fit.
      withPortsOf(runsOfTicks(), ports);
      if (isWhole()) return ports;
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
    get beside() {
      return beside();
    },
    firstMade(count) {
      const started = (ordersOfSecond()[0] ?? []).slice(0, count);
      const runs = connectRuns(started);
      const isWhole = new Set(runs.flat()).size === started.length;
      return { isWhole, ports: new Set(withoutEnds(runs)) };
    },
    // With the last one before them, which the first follows.
    lastMade: (count) => stepsIn((ordersOfSecond()[0] ?? []).slice(Math.max(0, count - 1)), 1),
  };
}

/** The ports of rows, added to others. */
function withPortsOf(runs: readonly (readonly number[])[], ports = new Set<number>()): Set<number> {
  for (const run of runs) for (const port of run) ports.add(port);
  return ports;
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
