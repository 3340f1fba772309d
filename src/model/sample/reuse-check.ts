import type { SocketTable } from '../../kernel/socket-table.ts';
import { TIME_WAIT } from '../../kernel/tcp-state.ts';
import type { BoundPorts } from './bound-ports/findings.ts';
import type { PortMap } from './port-space.ts';
import { timeWaitAgeMs } from './time-wait.ts';
import type { TupleRows } from './tuple-rows.ts';

/*
 * tcp_tw_reuse says that connect() may take TIME_WAIT over. It does not where the peer had no TCP timestamps
 * (tcp_twsk_unique in net/ipv4/tcp_ipv4.c), and no table tells that. But the ages of TIME_WAIT say when connections were
 * made, and how many ports could have been taken over then: with a share q of those that are to be had,
 * about q of the connections must have taken one over, and the kernel counts them (TcpExt TWRecycled).
 */

/** Whether connect() takes TIME_WAIT over as tcp_tw_reuse says. */
export interface ReuseCheck {
  /** False: it does not; undefined: it seems not to, as far as one look tells. */
  readonly works: boolean | undefined;
  /** The kernel's counter of takeovers, or the TCP timestamps of the peer's live connections. */
  readonly evidence: 'counter' | 'timestamps';
  /** Connections that should have taken a port in TIME_WAIT over; live ones that should have timestamps. */
  readonly expected: number;
  /** Those of the machine that did, by the counter; those that have timestamps. */
  readonly seen: number;
}

/** connect() calls of the machine in some time. */
export interface OpensWithin {
  /** Up to so many ms ago; from where the one before it ends, the first from now. */
  readonly untilAgeMs: number;
  /** Undefined: not known for that time. */
  readonly opens: number | undefined;
}

/** The kernel's counters over some time up to now. */
export interface ReuseCounts {
  readonly reused: number;
  /** False: since the counters began. */
  readonly isSeen: boolean;
  /** Newest first. */
  readonly opens: readonly OpensWithin[];
}

/** What the check looks at. */
export interface CheckedRows {
  readonly sockets: SocketTable;
  readonly tuples: TupleRows;
  readonly portMap: PortMap;
  readonly bound: BoundPorts;
  /** Parity (0 or 1) of the range's first port. */
  readonly firstParity: number;
  /** Ports of the half that connect() takes first. */
  readonly usableFirst: number;
  readonly timeWaitSeconds: number;
  /** Age in ms from which on a tuple's TIME_WAIT is free for connect(); Infinity: never. */
  readonly reusableFrom: (tuple: number) => number;
}

/** Fewer than so many that should have taken over tell nothing. */
const TELLING = 30;
/** Where reuse works, more than this share of them do. */
export const NONE_SHARE = 0.1;
/** Connections are as short as it is assumed where the kernel counts this share of their closes as opens. */
const YOUNG_SHARE = 0.8;
/** Ages are counted in steps of so many ms. */
const STEP_MS = 100;
/** Room for what timers and the order of reading are off by, in ms. */
const MARGIN_MS = 500;

/**
 * The tuples whose TIME_WAIT is not taken over, each by one of the counts, the first that tells. What was counted since
 * the machine was started tells nothing of connections that lived for long: there `works` is left open.
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
    // A pool that drains was opened long before: no age of a close tells when, now or since the counters began.
    const allCloses = closes.reduce((sum, count) => sum + count, 0);
    const allOpens = opens.reduce((sum, each) => sum + (each.opens ?? Infinity), 0);
    if (allCloses >= TELLING && allOpens < YOUNG_SHARE * allCloses) break;
    // No more connections were made in a part of the time than the kernel counts.
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

/** The ports of a tuple that a connect() found or would have found. */
interface Ages {
  /** TIME_WAIT of both halves by age, in steps. */
  readonly both: Uint32Array;
  /** TIME_WAIT of the half that connect() takes first, as old as a step or older. */
  readonly firstFrom: Uint32Array;
  readonly liveFirst: number;
  /** How long connections live, by Little's law. */
  readonly lifeMs: number;
}

/** The connections that were made in a time. */
interface Expected {
  /** How many of them should have taken TIME_WAIT over. */
  readonly takeovers: number;
  /** How many they were, by the closes that are seen. */
  readonly closes: number;
}

interface ExpectedOfTuple {
  readonly tuple: number;
  /** By each of the counts, and each part of its time. */
  readonly expected: readonly (readonly Expected[])[];
}

/** What is expected of each tuple that may tell something. */
function expectedOfTuples(
  rows: CheckedRows,
  counts: readonly ReuseCounts[],
): readonly ExpectedOfTuple[] {
  const found: ExpectedOfTuple[] = [];
  const steps = Math.ceil((rows.timeWaitSeconds * 1000) / STEP_MS) + 1;
  // One for all tuples: there may be thousands.
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
