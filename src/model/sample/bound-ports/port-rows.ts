import type { PortHalves } from './port-halves.ts';
import { type AgeOrder, isConnectRun, isInStep, type Steps } from './likelihood.ts';

/* Ports in an order, and how each is ahead of those before it. */

/** Socket numbers are given out by CPU in blocks, so that a predecessor may be further back. */
const PREDECESSORS = 2;

/**
 * A step is at most so much of the ports that the tuple spans: other tuples and other CPUs take ports between two of this
 * one. (Ports of a narrower, earlier range are all near each other in the present one.)
 */
export const LONGEST_STEP = 1 / 24;

/** How far connect() goes on at most where nothing is in its way (`i` and get_random_u32_below(8) in the same function). */
export const LONGEST_OF_CONNECT = 16;

/** Steps of 2, 4, … 16 are equally likely. */
const MEAN_OF_CONNECT = 9;

/** The share of ports that follow a predecessor by chance. */
export const CHANCE_OF_STEP = PREDECESSORS * LONGEST_STEP;

/** Counts the ports of a half that are a step ahead of a predecessor. */
export function countSteps(
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

/** How often a port of the second half comes before one of the first. */
export function orderOfHalves(ordered: readonly number[], halves: PortHalves): AgeOrder {
  let [first, second, secondIsOlder] = [0, 0, 0];
  for (const port of ordered)
    if (halves.halfOf(port) === 1) second++;
    else {
      first++;
      secondIsOlder += second;
    }
  return { first, second, secondIsOlder };
}

/** The rows of ports of which each follows the one before. `chance`: that one follows. */
export function runsIn(
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
export function usualStep(ordered: readonly number[], halves: PortHalves, longest: number): number {
  // Numbers sort far faster than what a function compares.
  const all = new Int32Array(ordered.length);
  let count = 0;
  for (let index = 1; index < ordered.length; index++) {
    const step = stepAhead(ordered[index - 1] ?? 0, ordered[index] ?? 0, halves);
    if (step <= longest) all[count++] = step;
  }
  const steps = all.subarray(0, count).toSorted();
  const usual = steps[count >> 1] ?? longest;
  return Math.min(longest, Math.max(LONGEST_OF_CONNECT, MOST_OF_USUAL * usual));
}

/** The ends of rows may be other ports that follow by chance. */
export function withoutEnds(runs: readonly (readonly number[])[]): number[] {
  return runs.flatMap((run) => run.slice(1, -1));
}

/** About how many steps of connect() a row has more than it has ports. */
export function skippedIn(run: readonly number[], halves: PortHalves): number {
  let ahead = 0;
  for (let index = 1; index < run.length; index++)
    ahead += stepAhead(run[index - 1] ?? 0, run[index] ?? 0, halves);
  return Math.max(0, ahead / MEAN_OF_CONNECT - (run.length - 1));
}

/** One step of connect()'s in so many is any given one: they are 2, 4, … 16, each as often as the others. */
const SAME_STEP = 1 / 8;

/** True if a row has one step far too often for random ones. */
export function isOfOneStep(run: readonly number[], halves: PortHalves): boolean {
  const times = new Map<number, number>();
  for (let index = 1; index < run.length; index++) {
    const step = stepAhead(run[index - 1] ?? 0, run[index] ?? 0, halves);
    times.set(step, (times.get(step) ?? 0) + 1);
  }
  return isInStep({ count: run.length - 1, inStep: Math.max(0, ...times.values()) }, SAME_STEP);
}

/**
 * The ports of a half that lie one step apart, so many in a row that neither random steps nor chance leave them, in whatever
 * order they were taken: a program numbered them.
 */
export function numberedIn(ports: readonly number[], usable: number): Set<number> {
  const upwards = ports.toSorted((a, b) => a - b);
  // Where connect() has gone round, its ports are as dense as that.
  const chance = Math.max(SAME_STEP, upwards.length / usable);
  const numbered = new Set<number>();
  const stepTo = (index: number) => (upwards[index] ?? 0) - (upwards[index - 1] ?? 0);
  for (let start = 0, index = 2; index <= upwards.length; index++) {
    if (index < upwards.length && stepTo(index) === stepTo(index - 1)) continue;
    // The first step of a row may be any.
    if (isConnectRun(index - 1 - start, upwards.length, chance))
      for (const port of upwards.slice(start, index)) numbered.add(port);
    start = index - 1;
  }
  return numbered;
}

/** How far a port is ahead of another one, around the range. */
export function stepAhead(from: number, to: number, halves: PortHalves): number {
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
