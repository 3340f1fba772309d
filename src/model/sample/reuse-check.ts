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
  /** Connections that should have taken a port in TIME_WAIT over. */
  readonly expected: number;
  /** Those of the machine that did, by the counter. */
  readonly seen: number;
}

/** The kernel's counters over some time up to now. */
export interface ReuseCounts {
  /** Infinity: since the counters began. */
  readonly withinMs: number;
  readonly reused: number;
  /** connect() calls; undefined: not known for that time. */
  readonly opens: number | undefined;
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
  const ages = agesOfTuples(rows);
  if (ages.length === 0) return checks;
  for (const { withinMs, reused, opens } of counts) {
    const expected = ages.map((each) => expectedTakeovers(rows, each, withinMs));
    const all = expected.reduce((sum, { takeovers }) => sum + takeovers, 0);
    if (all < TELLING || reused > NONE_SHARE * all) continue;
    const closes = expected.reduce((sum, each) => sum + each.closes, 0);
    const isSure = opens !== undefined && opens >= YOUNG_SHARE * closes;
    for (const [index, { tuple }] of ages.entries()) {
      const takeovers = expected[index]?.takeovers ?? 0;
      if (takeovers < NONE_SHARE * TELLING || checks.has(tuple)) continue;
      checks.set(tuple, {
        works: isSure ? false : undefined,
        expected: Math.round(takeovers),
        seen: reused,
      });
    }
  }
  return checks;
}

/** The ports of a tuple that a connect() found or would have found. */
interface Ages {
  readonly tuple: number;
  /** TIME_WAIT by age in steps: of the half that connect() takes first, and of both. */
  readonly first: Uint32Array;
  readonly both: Uint32Array;
  readonly liveFirst: number;
  /** How long connections live, by Little's law. */
  readonly lifeMs: number;
}

function agesOfTuples(rows: CheckedRows): Ages[] {
  const found: Ages[] = [];
  for (let tuple = 0; tuple < rows.tuples.count; tuple++) {
    const isReusable = Number.isFinite(rows.reusableFrom(tuple));
    if (isReusable && rows.tuples.sizeOf(tuple) >= TELLING) found.push(agesOf(rows, tuple));
  }
  return found;
}

function agesOf(
  { sockets, tuples, portMap, bound, firstParity, timeWaitSeconds }: CheckedRows,
  tuple: number,
): Ages {
  const steps = Math.ceil((timeWaitSeconds * 1000) / STEP_MS) + 1;
  const [first, both] = [new Uint32Array(steps), new Uint32Array(steps)];
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
    if (isFirst) first[step] = (first[step] ?? 0) + 1;
  }
  const lifeMs = closes === 0 ? Infinity : (live * Math.max(0, oldestMs - youngestMs)) / closes;
  return { tuple, first, both, liveFirst, lifeMs };
}

/** How many of the connections that were made in a time should have taken TIME_WAIT over, and how many they were. */
function expectedTakeovers(
  { usableFirst, reusableFrom }: CheckedRows,
  { tuple, first, both, liveFirst, lifeMs }: Ages,
  withinMs: number,
): { readonly takeovers: number; readonly closes: number } {
  const steps = first.length;
  // How many are as old as a step, or older.
  const older = new Uint32Array(steps + 1);
  for (let step = steps - 1; step >= 0; step--)
    older[step] = (older[step + 1] ?? 0) + (first[step] ?? 0);
  const reusableAfter = Math.ceil((reusableFrom(tuple) + lifeMs + MARGIN_MS) / STEP_MS);
  const last = Math.min(steps, Math.floor((withinMs - lifeMs) / STEP_MS));
  let [takeovers, closes] = [0, 0];
  for (let step = 0; step < last; step++) {
    const made = both[step] ?? 0;
    if (made === 0) continue;
    closes += made;
    const reusable = older[Math.min(steps, step + reusableAfter)] ?? 0;
    const unused = Math.max(0, usableFirst - liveFirst - (older[step] ?? 0));
    if (reusable > 0) takeovers += (made * reusable) / (reusable + unused);
  }
  return { takeovers, closes };
}
