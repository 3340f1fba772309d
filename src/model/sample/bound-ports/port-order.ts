import type { PortHalves } from './port-halves.ts';
import { stepAhead } from './port-rows.ts';
import { type Batches, isBatch, isTogether } from './likelihood.ts';

/* In which order a tuple's ports were taken, or given back. */

/** A number below 65,536 that has nothing to do with the port's own (the finaliser of MurmurHash3). */
export function shuffled(port: number): number {
  const mixed = Math.imul(port ^ (port >>> 8), 0x85ebca6b);
  const twice = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (twice ^ (twice >>> 16)) & 0xffff;
}

/** The ports of rows, in the order of a number that each row has. */
export function inOrder(
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

/** Larger ones would lose the port behind them; no inode and no timer of TIME_WAIT is. */
const MOST_PLACE = 2 ** 36;

/** The ports of rows in the order of a time; of one time, upwards from the port before, around the range. */
export function inTicks(
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
export function batchesOf(
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
