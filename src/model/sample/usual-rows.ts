import { countCommonWithin, type PortBits } from './port-bits.ts';
import { type PortUseCounter, USE_INDEX } from './port-use.ts';
import { LIVE, type RowSpan, type TupleRows } from './tuple-rows.ts';
import type { UnusualPorts } from './unusual-ports.ts';

/*
 * Usual rows are in TIME_WAIT, on a port that is on no map and does not seem to be bound: where there are hundreds of thousands,
 * nearly all.
 */

/** The rows, and which ports are not usual. */
interface UsualRows {
  readonly tuples: TupleRows;
  readonly unusual: UnusualPorts;
}

let seconds = new Uint32Array(0);

/** So many zeros; the memory is that of the last call. */
export function emptiedSeconds(count: number): Uint32Array {
  if (seconds.length !== count) seconds = new Uint32Array(count);
  return seconds.fill(0);
}

/*
 * The loops over all rows are small, and as V8's compiler likes them: where one goes on early (`continue`), or calls something, it
 * fetches the addresses and lengths of the columns with each step, which takes twice as long.
 */

/**
 * Counts the usual rows by the second in which they end, as drainSecond() has it; returns the number of those overdue.
 * `areAllUsual`: all ports are.
 */
export function countSeconds(
  schedule: Uint32Array,
  { unusual: { marks }, tuples: { localPort, timeWaitLeftMs } }: UsualRows,
  { from, end }: RowSpan,
  areAllUsual: boolean,
): number {
  const others = schedule.length - 1;
  const last = others - 1;
  let overdue = 0;
  for (let at = from; at < end; at++) {
    const leftMs = timeWaitLeftMs[at] ?? LIVE;
    const isUsual = leftMs !== LIVE && (areAllUsual || marks[localPort[at] ?? 0] === 0);
    const second = isUsual ? Math.min(last, (leftMs / 1000) >>> 0) : others;
    schedule[second] = (schedule[second] ?? 0) + 1;
    overdue += isUsual && leftMs === 0 ? 1 : 0;
  }
  return overdue;
}

/** Counts the usual rows for drawing. */
export function countUses(
  { offsetOf, counts }: PortUseCounter,
  { unusual: { marks }, tuples: { localPort, timeWaitLeftMs } }: UsualRows,
  { from, end }: RowSpan,
  reusableBelowMs: number,
): void {
  for (let at = from; at < end; at++) {
    const port = localPort[at] ?? 0;
    const leftMs = timeWaitLeftMs[at] ?? LIVE;
    const isUsual = leftMs !== LIVE && marks[port] === 0 ? 1 : 0;
    const use = leftMs < reusableBelowMs ? USE_INDEX.reusable : USE_INDEX.timeWait;
    const slice = (offsetOf[port] ?? 0) + use;
    counts[slice] = (counts[slice] ?? 0) + isUsual;
  }
}

/** The same where all rows are usual, and none can be taken over. */
export function countTimeWaits(
  { offsetOf, counts }: PortUseCounter,
  { localPort }: TupleRows,
  { from, end }: RowSpan,
): void {
  for (let at = from; at < end; at++) {
    const slice = (offsetOf[localPort[at] ?? 0] ?? 0) + USE_INDEX.timeWait;
    counts[slice] = (counts[slice] ?? 0) + 1;
  }
}

/** The same for a set of ports, of which those of one parity count. */
export function countTimeWaitsIn(drawing: PortUseCounter, bits: PortBits, parity: number): void {
  drawing.eachSlice(parity, (offset, ports) => {
    const at = offset + USE_INDEX.timeWait;
    drawing.counts[at] = (drawing.counts[at] ?? 0) + countCommonWithin(bits, bits, parity, ports);
  });
}

/** Number of rows in TIME_WAIT, on ports that are on no map, with less left; `schedule`: by the second. */
export function countBelow(
  leftMs: number,
  schedule: Uint32Array,
  { unusual: { marks }, tuples: { localPort, timeWaitLeftMs } }: UsualRows,
  { from, end }: RowSpan,
): number {
  // What has more left than TIME_WAIT lasts is in the last second too.
  if (leftMs % 1000 === 0 && leftMs / 1000 < schedule.length - 1)
    return schedule.subarray(0, leftMs / 1000).reduce((sum, count) => sum + count, 0);
  let count = 0;
  for (let at = from; at < end; at++)
    if ((timeWaitLeftMs[at] ?? LIVE) < leftMs && marks[localPort[at] ?? 0] === 0) count++;
  return count;
}
