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
  const keys = sortedKeys(rows, placeOf, portOf);
  const ports: number[] = [];
  for (let index = 0; index < keys.length; index++) ports.push((keys[index] ?? 0) % 0x10000);
  return ports;
}

/** Each row's number with its port behind it, upwards. */
function sortedKeys(
  rows: readonly number[],
  placeOf: (row: number) => number,
  portOf: (row: number) => number,
): Float64Array {
  // Numbers sort far faster than what a function compares.
  const keys = new Float64Array(rows.length);
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] ?? 0;
    keys[index] = Math.min(placeOf(row), MOST_PLACE) * 0x10000 + portOf(row);
  }
  keys.sort();
  return keys;
}

/** Larger ones would lose the port behind them; no inode and no timer of TIME_WAIT is. */
const MOST_PLACE = 2 ** 36;

/** Ports by a time, and upwards within one. Rows are many, and most have a time of their own: no array is made for each. */
export interface Ticks {
  readonly ports: Uint16Array;
  /** Where the ports of each time begin; the last entry is the end. */
  readonly starts: readonly number[];
}

/** The ports of rows by a time in whole ms. */
export function ticksOf(
  rows: readonly number[],
  timeOf: (row: number) => number,
  portOf: (row: number) => number,
): Ticks {
  const keys = sortedKeys(rows, timeOf, portOf);
  const ports = new Uint16Array(keys.length);
  const starts: number[] = [];
  let last = -1;
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] ?? 0;
    const time = Math.floor(key / 0x10000);
    ports[index] = key - time * 0x10000;
    if (time !== last) starts.push(index);
    last = time;
  }
  starts.push(ports.length);
  return { ports, starts };
}

/** The ports in the order of their times, or back (`step` -1); those of one time upwards from the port before, around the range. */
export function inTicks({ ports, starts }: Ticks, step: 1 | -1): number[] {
  const ordered: number[] = [];
  const ticks = starts.length - 1;
  let before = 0;
  for (let count = 0; count < ticks; count++) {
    const tick = step === 1 ? count : ticks - 1 - count;
    const [start, end] = [starts[tick] ?? 0, starts[tick + 1] ?? 0];
    let from = start;
    while (from < end && (ports[from] ?? 0) <= before) from++;
    for (let at = from; at < end; at++) ordered.push(ports[at] ?? 0);
    for (let at = start; at < from; at++) ordered.push(ports[at] ?? 0);
    before = ordered.at(-1) ?? 0;
  }
  return ordered;
}

/**
 * How close together the ports lie that were closed at one time, around the range. The times are given twice, and what is
 * together by chance of where one begins is so in one of them only.
 */
export function batchesOf(closed: readonly [Ticks, Ticks], halves: PortHalves): Batches {
  const [one, other] = [batchesIn(closed[0], halves), batchesIn(closed[1], halves)];
  return one.together * other.ports <= other.together * one.ports ? one : other;
}

function batchesIn(closed: Ticks, halves: PortHalves): Batches {
  let [ports, together] = [0, 0];
  for (let tick = 0; tick < closed.starts.length - 1; tick++) {
    const [start, end] = [closed.starts[tick] ?? 0, closed.starts[tick + 1] ?? 0];
    const count = end - start;
    if (!isBatch(count)) continue;
    ports += count;
    let before = closed.ports[end - 1] ?? 0;
    let largest = -Infinity;
    for (let at = start; at < end; at++) {
      const port = closed.ports[at] ?? 0;
      largest = Math.max(largest, stepAhead(before, port, halves));
      before = port;
    }
    // All of them lie beside the largest gap.
    const part = (halves.size - largest) / halves.size;
    if (isTogether(count, part)) together += count;
  }
  return { ports, together };
}
