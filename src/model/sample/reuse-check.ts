import type { SocketTable } from '../../kernel/socket-table.ts';
import { TIME_WAIT } from '../../kernel/tcp-state.ts';
import type { BoundPorts } from './bound-ports/findings.ts';
import type { PortMap } from './port-space.ts';
import { timeWaitAgeMs } from './time-wait.ts';
import type { TupleRows } from './tuple-rows.ts';

/*
 * tcp_tw_reuse lets connect() take TIME_WAIT over, but not if the peer had no TCP timestamps (tcp_twsk_unique in
 * net/ipv4/tcp_ipv4.c). No table shows that. The ages of TIME_WAIT sockets do show when connections were made, and
 * how many ports could have been taken over then. If a share q of the ports to choose from was reusable, about q of
 * the connections must have taken one over. The kernel counts those (TcpExt TWRecycled).
 */

/** Evidence that connect() does not take TIME_WAIT over although tcp_tw_reuse allows it. */
export interface ReuseCheck {
  /** False: it certainly does not. Undefined: it seems not to, by the counters since boot alone. */
  readonly works: boolean | undefined;
  /** Source of the evidence: the kernel's counter of takeovers, or the TCP timestamps of live connections. */
  readonly evidence: 'counter' | 'timestamps';
  /** Connections that should have taken over a port in TIME_WAIT, or live connections that were checked. */
  readonly expected: number;
  /** Connections of the whole machine that did take one over, or live connections that have timestamps. */
  readonly seen: number;
}

/** connect() calls of the machine in one part of a period. */
export interface OpensWithin {
  /** Age in ms at which the part begins; it ends where the part before it begins, the first part now. */
  readonly untilAgeMs: number;
  /** Undefined: not known. */
  readonly opens: number | undefined;
}

/** The kernel's counters over a period that ends now. */
export interface ReuseCounts {
  readonly reused: number;
  /** True if earlier samples saw the period begin; false: it began with the counters. */
  readonly isSeen: boolean;
  /** The parts of the period, newest first. */
  readonly opens: readonly OpensWithin[];
}

/** Input of the check. */
export interface CheckedRows {
  readonly sockets: SocketTable;
  readonly tuples: TupleRows;
  readonly portMap: PortMap;
  readonly bound: BoundPorts;
  /** Parity (0 or 1) of the range's first port. */
  readonly firstParity: number;
  /** Number of usable ports in the half that connect() takes first. */
  readonly usableFirst: number;
  readonly timeWaitSeconds: number;
  /** Age in ms above which connect() may take over a tuple's TIME_WAIT; Infinity: never. */
  readonly reusableFrom: (tuple: number) => number;
}

/** Fewer expected takeovers than this prove nothing. */
const TELLING = 30;
/** If reuse works, the kernel counts more than this share of the expected takeovers. */
export const NONE_SHARE = 0.1;
/** The ages tell when connections were made only if the period's opens are at least this share of its closes. */
const YOUNG_SHARE = 0.8;
/** Resolution of ages, in ms. */
const STEP_MS = 100;
/** Tolerance for late timers and for the order of reading, in ms. */
const MARGIN_MS = 500;

/**
 * Tuples whose TIME_WAIT is not taken over, each judged by the first of the counts that proves it. The counters since
 * boot (`opens` undefined) cannot rule out long-lived connections, so `works` stays undefined then.
 */
export function checkReuse(
  rows: CheckedRows,
  counts: readonly ReuseCounts[],
): ReadonlyMap<number, ReuseCheck> {
  const checks = new Map<number, ReuseCheck>();
  const seen = counts.length === 0 ? [] : expectedOfTuples(rows, counts);
  for (const [index, { reused, isSeen, opens }] of counts.entries()) {
    const closes = opens.map((_, part) =>
      seen.reduce((sum, { expected }) => sum + (expected[index]?.[part]?.closes ?? 0), 0),
    );
    // More closes than opens: a pool drains. Its connections were opened long before, at times that no age shows.
    const allCloses = closes.reduce((sum, count) => sum + count, 0);
    const allOpens = opens.reduce((sum, each) => sum + (each.opens ?? Infinity), 0);
    if (allCloses >= TELLING && allOpens < YOUNG_SHARE * allCloses) break;
    // A part of the period has at most as many connections as the kernel counts there.
    const shares = opens.map(({ opens: count = Infinity }, part) =>
      Math.min(1, count / Math.max(1, closes[part] ?? 0)),
    );
    const takeoversOf = ({ expected }: ExpectedOfTuple) =>
      (expected[index] ?? []).reduce(
        (sum, { takeovers }, part) => sum + takeovers * (shares[part] ?? 0),
        0,
      );
    const all = seen.reduce((sum, each) => sum + takeoversOf(each), 0);
    if (all < TELLING || reused > NONE_SHARE * all) continue;
    for (const each of seen) {
      const takeovers = takeoversOf(each);
      if (takeovers < NONE_SHARE * TELLING || checks.has(each.tuple)) continue;
      checks.set(each.tuple, {
        works: isSeen ? false : undefined,
        evidence: 'counter',
        expected: Math.round(takeovers),
        seen: reused,
      });
    }
  }
  return checks;
}

/** A tuple's ports by age, which tell what a past connect() found. */
interface Ages {
  /** Number of TIME_WAIT sockets of both halves, by age in steps. */
  readonly both: Uint32Array;
  /** Number of TIME_WAIT sockets of the half that connect() takes first, of each step's age or older. */
  readonly firstFrom: Uint32Array;
  readonly liveFirst: number;
  /** Mean lifetime of connections, by Little's law. */
  readonly lifeMs: number;
}

/** What a period should have seen, for one tuple. */
interface Expected {
  /** Connections that should have taken TIME_WAIT over. */
  readonly takeovers: number;
  /** Connections made in the period and closed since. */
  readonly closes: number;
}

interface ExpectedOfTuple {
  readonly tuple: number;
  /** For each of the counts, by the parts of its period. */
  readonly expected: readonly (readonly Expected[])[];
}

/** The expectation for each tuple that is large enough to judge. */
function expectedOfTuples(
  rows: CheckedRows,
  counts: readonly ReuseCounts[],
): readonly ExpectedOfTuple[] {
  const found: ExpectedOfTuple[] = [];
  const steps = Math.ceil((rows.timeWaitSeconds * 1000) / STEP_MS) + 1;
  // Shared by all tuples: there may be thousands.
  const scratch = { both: new Uint32Array(steps), firstFrom: new Uint32Array(steps + 1) };
  for (let tuple = 0; tuple < rows.tuples.count; tuple++) {
    const fromAgeMs = rows.reusableFrom(tuple);
    if (!Number.isFinite(fromAgeMs) || rows.tuples.sizeOf(tuple) < TELLING) continue;
    const ages = agesOf(rows, tuple, scratch);
    const expected = counts.map(({ opens }) =>
      expectedTakeovers(ages, rows.usableFirst, fromAgeMs, opens),
    );
    found.push({ tuple, expected });
  }
  return found;
}

function agesOf(
  { sockets, tuples, portMap, bound, firstParity, timeWaitSeconds }: CheckedRows,
  tuple: number,
  { both, firstFrom }: Pick<Ages, 'both' | 'firstFrom'>,
): Ages {
  const steps = both.length;
  both.fill(0);
  firstFrom.fill(0);
  let [liveFirst, live, closes, youngestMs, oldestMs] = [0, 0, 0, Infinity, 0];
  const rows = tuples.rowsOf(tuple);
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] ?? 0;
    const port = sockets.localPort[row] ?? 0;
    if (portMap[port] !== 0 || bound.marks[port] !== 0) continue;
    const isFirst = (port & 1) === firstParity;
    if (sockets.state[row] !== TIME_WAIT) {
      live++;
      if (isFirst) liveFirst++;
      continue;
    }
    const ageMs = timeWaitAgeMs(sockets.timerMs[row] ?? 0, timeWaitSeconds);
    const step = Math.min(steps - 1, Math.floor(ageMs / STEP_MS));
    closes++;
    youngestMs = Math.min(youngestMs, ageMs);
    oldestMs = Math.max(oldestMs, ageMs);
    both[step] = (both[step] ?? 0) + 1;
    if (isFirst) firstFrom[step] = (firstFrom[step] ?? 0) + 1;
  }
  for (let step = steps - 1; step >= 0; step--)
    firstFrom[step] = (firstFrom[step] ?? 0) + (firstFrom[step + 1] ?? 0);
  const lifeMs = closes === 0 ? Infinity : (live * Math.max(0, oldestMs - youngestMs)) / closes;
  return { both, firstFrom, liveFirst, lifeMs };
}

function expectedTakeovers(
  { both, firstFrom, liveFirst, lifeMs }: Ages,
  usableFirst: number,
  reusableFromAgeMs: number,
  opens: readonly OpensWithin[],
): Expected[] {
  const steps = both.length;
  const reusableAfter = Math.ceil((reusableFromAgeMs + lifeMs + MARGIN_MS) / STEP_MS);
  let step = 0;
  return opens.map(({ untilAgeMs }) => {
    const last = Math.min(steps, Math.floor((untilAgeMs - lifeMs) / STEP_MS));
    let [takeovers, closes] = [0, 0];
    for (; step < last; step++) {
      const made = both[step] ?? 0;
      if (made === 0) continue;
      closes += made;
      const reusable = firstFrom[Math.min(steps, step + reusableAfter)] ?? 0;
      const unused = Math.max(0, usableFirst - liveFirst - (firstFrom[step] ?? 0));
      if (reusable > 0) takeovers += (made * reusable) / (reusable + unused);
    }
    return { takeovers, closes };
  });
}
