import type { IpFamily } from '../../kernel/ip-address.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import { RATE_SECONDS } from './time-wait.ts';
import { groupKey } from './tuple-label.ts';

/** A tuple, as people write it. */
export interface TupleText {
  readonly family: IpFamily;
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Index of the device that the sockets are bound to; undefined: none. */
  readonly deviceIndex?: number | undefined;
}

/** The connect() calls of one tuple that the kernel refused for want of a port, as far as they were watched. */
export interface ConnectFailures {
  /** Mean of the last 10 s, or of the time since the watch began. */
  readonly perSecond: number;
  readonly lastMinute: number;
  /** Since the watch began. */
  readonly total: number;
  /** Unix ms of the first and the last sample that saw any, in the present row of refusals; absent: none in the last minute. */
  readonly sinceMs?: number | undefined;
  readonly lastAtMs?: number | undefined;
  /** Those who were refused in the last minute, most refusals first. */
  readonly processes: readonly RefusedProcess[];
}

/** A process that was refused. */
export interface RefusedProcess {
  readonly pid: number;
  /** Its name, safe to print; may be empty. */
  readonly command: string;
  /** In the last minute. */
  readonly refusals: number;
}

/** Where nothing was refused. */
export const NO_FAILURES: ConnectFailures = {
  perSecond: 0,
  lastMinute: 0,
  total: 0,
  processes: [],
};

const MINUTE_MS = 60_000;
/** Tuples beyond so many are not told apart; no machine runs dry to that many at once. */
const MOST_TUPLES = 1000;
/** Processes of a tuple that are named. */
const MOST_PROCESSES = 10;

/** Refusals of one tuple between two samples. */
interface Lot {
  readonly atMs: number;
  count: number;
  readonly byPid: Map<number, { readonly command: string; count: number }>;
}

interface TupleRecord {
  readonly tuple: TupleText;
  lots: Lot[];
  total: number;
  sinceMs: number;
}

/** Counts refusals by tuple group over the last minute. Times are the samples' own. */
export class RefusalMemory {
  readonly #placeId: string;
  readonly #byKey = new Map<string, TupleRecord>();
  #startedMs: number | undefined;

  constructor(placeId: string) {
    this.#placeId = placeId;
  }

  /** Takes what was refused since the last sample. */
  push(refusals: readonly Refusal[], nowMs: number): void {
    // A clock that was set back would keep what lies in the future.
    if (this.#startedMs === undefined || nowMs < this.#startedMs) this.#startedMs = nowMs;
    for (const [key, record] of this.#byKey) {
      record.lots = record.lots.filter(({ atMs }) => atMs > nowMs - MINUTE_MS && atMs <= nowMs);
      if (record.lots.length === 0) this.#byKey.delete(key);
    }
    for (const refusal of refusals) this.#add(refusal, nowMs);
  }

  /** What was refused to a group, at the time of the last `push`. */
  of(key: string, nowMs: number): ConnectFailures {
    const record = this.#byKey.get(key);
    if (record === undefined) return NO_FAILURES;
    const windowMs = RATE_SECONDS * 1000;
    const watchedMs = Math.min(windowMs, nowMs - (this.#startedMs ?? nowMs));
    const recent = record.lots.filter(({ atMs }) => atMs > nowMs - windowMs);
    return {
      perSecond: watchedMs <= 0 ? 0 : sum(recent) / (watchedMs / 1000),
      lastMinute: sum(record.lots),
      total: record.total,
      sinceMs: record.sinceMs,
      lastAtMs: record.lots.at(-1)?.atMs,
      processes: processesOf(record.lots),
    };
  }

  /** The tuples with refusals in the last minute, by the key of their group. */
  tuples(): ReadonlyMap<string, TupleText> {
    return new Map([...this.#byKey].map(([key, { tuple }]) => [key, tuple]));
  }

  #add(refusal: Refusal, nowMs: number): void {
    const { family, localAddress, remoteAddress, remotePort } = refusal;
    const key = groupKey(this.#placeId, localAddress, remoteAddress, remotePort);
    let record = this.#byKey.get(key);
    if (record === undefined) {
      if (this.#byKey.size >= MOST_TUPLES) return;
      const tuple = { family, localAddress, remoteAddress, remotePort };
      record = { tuple, lots: [], total: 0, sinceMs: nowMs };
      this.#byKey.set(key, record);
    }
    let lot = record.lots.at(-1);
    if (lot?.atMs !== nowMs) {
      lot = { atMs: nowMs, count: 0, byPid: new Map() };
      record.lots.push(lot);
    }
    lot.count++;
    record.total++;
    const { pid, command } = refusal;
    const process = lot.byPid.get(pid) ?? { command, count: 0 };
    process.count++;
    lot.byPid.set(pid, process);
  }
}

function sum(lots: readonly Lot[]): number {
  return lots.reduce((total, { count }) => total + count, 0);
}

function processesOf(lots: readonly Lot[]): RefusedProcess[] {
  const byPid = new Map<number, RefusedProcess>();
  for (const { byPid: counts } of lots) {
    for (const [pid, { command, count }] of counts) {
      const refusals = (byPid.get(pid)?.refusals ?? 0) + count;
      byPid.set(pid, { pid, command, refusals });
    }
  }
  return [...byPid.values()]
    .toSorted((a, b) => b.refusals - a.refusals || a.pid - b.pid)
    .slice(0, MOST_PROCESSES);
}
