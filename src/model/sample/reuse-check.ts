import type { BoundPorts } from './bound-ports/findings.ts';
import type { PortMap } from './port-space.ts';
import { timeWaitAgeMs } from './time-wait.ts';
import { LIVE, sizeOf, type TupleRows } from './tuple-rows.ts';

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

/** One part of a period. */
export interface PeriodPart {
  /** Age in ms at which the part begins; it ends where the part before it begins, the first part now. */
  readonly untilAgeMs: number;
  /** connect() calls of the machine. */
  readonly opens: number;
  /** Live connections of each group at the part's beginning, by key; a group that is missing had none. */
  readonly liveByGroup: ReadonlyMap<string, number>;
}

/** The kernel's counter of takeovers over a period that ends now. */
export interface ReuseCounts {
  readonly reused: number;
  /** The parts of the period, newest first; undefined: it began with the counters, and nobody saw its parts. */
  readonly parts: readonly PeriodPart[] | undefined;
}

/** Input of the check. */
export interface CheckedRows {
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
  /** Key of a tuple's group. */
  readonly keyOf: (tuple: number) => string;
}

/** Fewer expected takeovers than this prove nothing. */
const TELLING = 30;
/** If reuse works, the kernel counts more than this share of the expected takeovers. */
export const NONE_SHARE = 0.1;
/** Fewer connections made than this share of the closes: a pool drains. */
const YOUNG_SHARE = 0.8;
/** Resolution of ages, in ms. */
const STEP_MS = 100;
/** Tolerance for late timers and for the order of reading, in ms. */
const MARGIN_MS = 500;

/**
 * Tuples whose TIME_WAIT is not taken over, each judged by the first of the counts that proves it. The counters since
 * boot cannot rule out long-lived connections, so `works` stays undefined then.
 */
export function checkReuse(
  rows: CheckedRows,
  counts: readonly ReuseCounts[],
): ReadonlyMap<number, ReuseCheck> {
  const checks = new Map<number, ReuseCheck>();
  const seen = counts.length === 0 ? [] : expectedOfTuples(rows, counts);
  for (const [index, { reused, parts }] of counts.entries()) {
    const sum = (key: keyof Expected) =>
      seen.reduce((total, { expected }) => total + (expected[index]?.[key] ?? 0), 0);
    // A pool drains: its connections were made long before, at times that no age shows.
    const closes = sum('closes');
    if (parts !== undefined && closes >= TELLING && sum('made') < YOUNG_SHARE * closes) break;
    const all = sum('takeovers');
    if (all < TELLING || reused > NONE_SHARE * all) continue;
    for (const { tuple, expected } of seen) {
      const takeovers = expected[index]?.takeovers ?? 0;
      if (takeovers < NONE_SHARE * TELLING || checks.has(tuple)) continue;
      checks.set(tuple, {
        works: parts === undefined ? undefined : false,
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
  readonly live: number;
  readonly liveFirst: number;
  /** Mean lifetime of connections, by Little's law. */
  readonly lifeMs: number;
}

/** What a period should have seen, for one tuple. */
interface Expected {
  /** Connections that should have taken TIME_WAIT over. */
  readonly takeovers: number;
  readonly made: number;
  readonly closes: number;
}

interface ExpectedOfTuple {
  readonly tuple: number;
  /** For each of the counts. */
  readonly expected: readonly Expected[];
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
    if (!Number.isFinite(fromAgeMs) || sizeOf(rows.tuples, tuple) < TELLING) continue;
    const ages = agesOf(rows, tuple, scratch);
    const expected = counts.map(({ parts }) =>
      parts === undefined
        ? expectedSinceStart(ages, rows.usableFirst, fromAgeMs)
        : expectedInParts(ages, rows.usableFirst, fromAgeMs, parts, rows.keyOf(tuple)),
    );
    found.push({ tuple, expected });
  }
  return found;
}

function agesOf(
  { tuples, portMap, bound, firstParity, timeWaitSeconds }: CheckedRows,
  tuple: number,
  { both, firstFrom }: Pick<Ages, 'both' | 'firstFrom'>,
): Ages {
  const steps = both.length;
  both.fill(0);
  firstFrom.fill(0);
  let [liveFirst, live, closes, youngestMs, oldestMs] = [0, 0, 0, Infinity, 0];
  const { starts, localPort, timeWaitLeftMs } = tuples;
  const end = starts[tuple + 1] ?? 0;
  for (let at = starts[tuple] ?? 0; at < end; at++) {
    const port = localPort[at] ?? 0;
    if (portMap[port] !== 0 || bound.marks[port] !== 0) continue;
    const isFirst = (port & 1) === firstParity;
    const leftMs = timeWaitLeftMs[at] ?? LIVE;
    if (leftMs === LIVE) {
      live++;
      if (isFirst) liveFirst++;
      continue;
    }
    const ageMs = timeWaitAgeMs(leftMs, timeWaitSeconds);
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
  return { both, firstFrom, live, liveFirst, lifeMs };
}

/** The share of connections made at an age (in steps) that found a port to take over, where `live` were open then. */
function takeoverShare(
  { firstFrom }: Ages,
  { step, reusableFromStep, live }: { step: number; reusableFromStep: number; live: number },
  usableFirst: number,
): number {
  const last = firstFrom.length - 1;
  const reusable = firstFrom[Math.min(last, reusableFromStep)] ?? 0;
  if (reusable === 0) return 0;
  const unused = Math.max(0, usableFirst - live - (firstFrom[Math.min(last, step)] ?? 0));
  return reusable / (reusable + unused);
}

/** Each part's connections are known: those that were closed in it, and how many more are live at its end. */
function expectedInParts(
  ages: Ages,
  usableFirst: number,
  reusableFromAgeMs: number,
  parts: readonly PeriodPart[],
  key: string,
): Expected {
  const delay = Math.ceil((reusableFromAgeMs + MARGIN_MS) / STEP_MS);
  const firstShare = ages.live === 0 ? 1 : ages.liveFirst / ages.live;
  let [step, liveAfter, takeovers, made, closes] = [0, ages.live, 0, 0, 0];
  for (const { untilAgeMs, opens, liveByGroup } of parts) {
    const first = step;
    const last = Math.min(ages.both.length, Math.floor(untilAgeMs / STEP_MS));
    let closed = 0;
    for (; step < last; step++) closed += ages.both[step] ?? 0;
    const liveBefore = liveByGroup.get(key) ?? 0;
    const opened = Math.min(opens, Math.max(0, closed + liveAfter - liveBefore));
    const live = firstShare * Math.min(liveBefore, liveAfter);
    // Nobody saw when within the part.
    for (let at = first; at < last; at++) {
      const share = takeoverShare(
        ages,
        { step: at, reusableFromStep: at + delay, live },
        usableFirst,
      );
      takeovers += (opened / (last - first)) * share;
    }
    made += opened;
    closes += closed;
    liveAfter = liveBefore;
  }
  return { takeovers, made, closes };
}

/** Nobody saw when the connections were made: as long before their close as connections live on average. */
function expectedSinceStart(ages: Ages, usableFirst: number, reusableFromAgeMs: number): Expected {
  const { both, lifeMs, liveFirst } = ages;
  const delay = Math.ceil((reusableFromAgeMs + lifeMs + MARGIN_MS) / STEP_MS);
  let [takeovers, made] = [0, 0];
  for (let step = 0; step < both.length && Number.isFinite(delay); step++) {
    const closed = both[step] ?? 0;
    if (closed === 0) continue;
    const at = { step, reusableFromStep: step + delay, live: liveFirst };
    takeovers += closed * takeoverShare(ages, at, usableFirst);
    made += closed;
  }
  return { takeovers, made, closes: made };
}
