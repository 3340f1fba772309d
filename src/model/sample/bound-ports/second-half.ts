import { bitOf, type PortBits, wordOf } from '../port-bits.ts';
import { LIVE } from '../tuple-rows.ts';
import { NO_PART } from './port-halves.ts';
import type { Rows } from './rows.ts';
import type { SourceTally } from './source-tally.ts';

/** The usable ports of a half, from the lowest to the highest. */
export interface Extent {
  low: number;
  high: number;
  count: number;
}

/** A group's ports of the second half. All but `noPort` and `extent` are without those of sockets that were certainly not bound. */
interface SecondHalf {
  readonly count: number;
  /** Those that other groups of the source hold too. */
  readonly shared: number;
  /** Those in TIME_WAIT, and their least and most time left: LIVE and 0 if there are none. */
  readonly closes: number;
  readonly leastLeftMs: number;
  readonly mostLeftMs: number;
  /** Those of sockets with IP_BIND_ADDRESS_NO_PORT. */
  readonly noPort: number;
  readonly extent: Extent;
}

/** Numbers of ports by part: `noPort` apart, as `besides`. Those of no part are counted too, at NO_PART. */
export interface PartCounts {
  readonly asked: Uint32Array;
  readonly besides: Uint32Array;
}

export function emptyParts(): PartCounts {
  return { asked: new Uint32Array(NO_PART + 1), besides: new Uint32Array(NO_PART + 1) };
}

/** Counts a group's ports of the second half, and fills `parts` with them. `tally`: of its source. */
export function countSecondHalf(
  rows: Rows,
  tally: SourceTally,
  tuple: number,
  parts: PartCounts,
): SecondHalf {
  parts.asked.fill(0);
  parts.besides.fill(0);
  const bits = rows.tuples.bitsOf(tuple);
  const byBits = bits && countByBits(rows, tally, { tuple, bits }, parts);
  return byBits ?? countByRows(rows, tally, tuple, parts);
}

/** Undefined where sockets have to be looked at one by one. */
function countByBits(
  { halves, tuples, sockets }: Rows,
  tally: SourceTally,
  { tuple, bits }: { readonly tuple: number; readonly bits: PortBits },
  parts: PartCounts,
): SecondHalf | undefined {
  const { rows, timeWaitLeftMs } = tuples;
  const { from, end } = halves.rowsIn(tuples, tuple, 1);
  const within = halves.extentOf(bits);
  const count = halves.countIn(bits, 1);
  if (within === undefined || count !== end - from) return undefined;
  let [live, withOption, leastLeftMs, mostLeftMs] = [0, 0, LIVE, 0];
  for (let at = from; at < end; at++) {
    const leftMs = timeWaitLeftMs[at] ?? LIVE;
    leastLeftMs = leftMs < leastLeftMs ? leftMs : leastLeftMs;
    if (leftMs === LIVE) {
      live++;
      withOption |= sockets.bindAddressNoPort[rows[at] ?? 0] ?? 0;
    } else mostLeftMs = leftMs > mostLeftMs ? leftMs : mostLeftMs;
  }
  if (withOption !== 0) return undefined;
  halves.addByPart(bits, 1, parts.asked);
  return {
    count,
    shared: halves.countShared(bits, tally.several),
    closes: count - live,
    leastLeftMs,
    mostLeftMs,
    noPort: 0,
    extent: { ...within, count },
  };
}

// Without `continue`, as the loops of sort-by-tuple.ts.
function countByRows(
  { halves, tuples, sockets }: Rows,
  { several }: SourceTally,
  tuple: number,
  { asked, besides }: PartCounts,
): SecondHalf {
  const { partOf } = halves;
  const { bindAddressNoPort } = sockets;
  const { rows, localPort, timeWaitLeftMs } = tuples;
  let [low, high, count, noPort] = [65535, 0, 0, 0];
  let [shared, closes, leastLeftMs, mostLeftMs] = [0, 0, LIVE, 0];
  const { from, end } = halves.rowsIn(tuples, tuple, 1);
  for (let at = from; at < end; at++) {
    const port = localPort[at] ?? 0;
    const part = partOf[port] ?? NO_PART;
    const isUsable = part !== NO_PART;
    low = isUsable && port < low ? port : low;
    high = isUsable && port > high ? port : high;
    const hasOption = isUsable && bindAddressNoPort[rows[at] ?? 0] === 1 ? 1 : 0;
    noPort += hasOption;
    besides[part] = (besides[part] ?? 0) + hasOption;
    const isAsked = isUsable ? 1 - hasOption : 0;
    count += isAsked;
    shared += ((several[wordOf(port)] ?? 0) & bitOf(port)) === 0 ? 0 : isAsked;
    asked[part] = (asked[part] ?? 0) + isAsked;
    const leftMs = timeWaitLeftMs[at] ?? LIVE;
    const isClosed = leftMs === LIVE ? 0 : isAsked;
    closes += isClosed;
    leastLeftMs = isClosed === 1 && leftMs < leastLeftMs ? leftMs : leastLeftMs;
    mostLeftMs = isClosed === 1 && leftMs > mostLeftMs ? leftMs : mostLeftMs;
  }
  const extent = { low, high, count: count + noPort };
  return { count, shared, closes, leastLeftMs, mostLeftMs, noPort, extent };
}
