import type { ForeignText } from '../../kernel/foreign-text.ts';
import type { IpFamily } from '../../kernel/ip-address.ts';
import type { Refusal } from '../../kernel/perf-ring.ts';
import { RATE_SECONDS } from './time-wait.ts';
import { groupKey } from './tuple-label.ts';

/** A refusal with the name of its process, safe to print; '' if not known. */
export type NamedRefusal = Omit<Refusal, 'timeNs' | 'tid'> & { readonly command: ForeignText };

/** A tuple in text form. */
export interface TupleText {
  readonly family: IpFamily;
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** connect() calls of one tuple that found no free port, since the watch began. */
export interface ConnectFailures {
  /** Mean of the last 10 s, or of the time since the watch began. */
  readonly perSecond: number;
  readonly lastMinute: number;
  /** Since the watch began. */
  readonly total: number;
  /** Unix ms of the first and last sample with refusals in the present episode; absent: none in the last minute. */
  readonly sinceMs?: number | undefined;
  readonly lastAtMs?: number | undefined;
  /** Processes refused in the last minute, most refusals first. */
  readonly processes: readonly RefusedProcess[];
}

/** A process whose connect() calls were refused. */
export interface RefusedProcess {
  /** Undefined if it cannot be seen from here. */
  readonly pid: number | undefined;
  /** Its name, safe to print; may be empty. */
  readonly command: ForeignText;
  /** In the last minute. */
  readonly refusals: number;
}

/** Nothing was refused. */
export const NO_FAILURES: ConnectFailures = {
  perSecond: 0,
  lastMinute: 0,
  total: 0,
  processes: [],
};

const MINUTE_MS = 60_000;
/** Number of tuples to remember. No machine is out of ports to more of them at once. */
const MOST_TUPLES = 1000;
/** Number of tuples whose totals are kept, however long ago they were refused. */
const MOST_TOTALS = 10_000;
/** Number of processes to name per tuple. */
const MOST_PROCESSES = 10;

/** Refusals of one tuple between two samples. */
interface Lot {
  readonly fromMs: number;
  readonly atMs: number;
  count: number;
  /** Lost ones that do not count yet; may be a fraction. */
  lost: number;
  readonly byPid: Map<number | undefined, { readonly command: ForeignText; count: number }>;
}

interface TupleRecord {
  readonly tuple: TupleText;
  lots: Lot[];
  sinceMs: number;
}

/** Counts refusals by tuple group over the last minute. Times are the samples' own. */
export class RefusalMemory {
  readonly #placeId: string;
  readonly #byKey = new Map<string, TupleRecord>();
  /** Refusals since the watch began, by key: a counter that started again each minute would be none. */
  readonly #totals = new Map<string, number>();
  #startedMs: number | undefined;
  /** Time of the last push. */
  #lastMs: number | undefined;

  constructor(placeId: string) {
    this.#placeId = placeId;
  }

  /** Takes the refusals since the last sample, with their shares of those that were lost. */
  push(refusals: readonly NamedRefusal[], nowMs: number): void {
    // After the clock is set back, the old start would lie in the future.
    if (this.#startedMs === undefined || nowMs < this.#startedMs) this.#startedMs = nowMs;
    const span = { fromMs: Math.min(this.#lastMs ?? nowMs, nowMs), atMs: nowMs };
    this.#lastMs = nowMs;
    for (const [key, record] of this.#byKey) {
      record.lots = record.lots.filter(({ atMs }) => atMs > nowMs - MINUTE_MS && atMs <= nowMs);
      if (record.lots.length === 0) this.#byKey.delete(key);
    }
    for (const refusal of refusals) this.#add(refusal, span);
    this.#countLost(nowMs);
  }

  /** A group's refusals. `nowMs` is the time of the last `push`. */
  of(key: string, nowMs: number): ConnectFailures {
    const record = this.#byKey.get(key);
    const total = this.#totals.get(key) ?? 0;
    if (record === undefined) return total === 0 ? NO_FAILURES : { ...NO_FAILURES, total };
    const windowMs = RATE_SECONDS * 1000;
    const watchedMs = Math.min(windowMs, nowMs - (this.#startedMs ?? nowMs));
    const inWindow = countWithin(record.lots, nowMs - windowMs);
    return {
      perSecond: watchedMs <= 0 ? 0 : inWindow / (watchedMs / 1000),
      lastMinute: sum(record.lots),
      total,
      sinceMs: record.sinceMs,
      lastAtMs: record.lots.at(-1)?.atMs,
      processes: processesOf(record.lots),
    };
  }

  /** Tuples with refusals in the last minute, by group key. */
  tuples(): ReadonlyMap<string, TupleText> {
    return new Map([...this.#byKey].map(([key, { tuple }]) => [key, tuple]));
  }

  /** Counts the shares of the present lots, in whole refusals. */
  #countLost(nowMs: number): void {
    for (const [key, { lots }] of this.#byKey) {
      const lot = lots.at(-1);
      if (lot?.atMs !== nowMs || lot.lost === 0) continue;
      const more = Math.round(lot.lost);
      lot.count += more;
      lot.lost = 0;
      this.#count(key, more);
    }
  }

  #count(key: string, more: number): void {
    const before = this.#totals.get(key);
    if (before === undefined && this.#totals.size >= MOST_TOTALS) {
      const [oldest = ''] = this.#totals.keys();
      this.#totals.delete(oldest);
    }
    this.#totals.set(key, (before ?? 0) + more);
  }

  #add(refusal: NamedRefusal, span: Pick<Lot, 'fromMs' | 'atMs'>): void {
    const { family, localAddress, remoteAddress, remotePort } = refusal;
    const key = groupKey(this.#placeId, localAddress, remoteAddress, remotePort);
    let record = this.#byKey.get(key);
    if (record === undefined) {
      if (this.#byKey.size >= MOST_TUPLES) return;
      const tuple = { family, localAddress, remoteAddress, remotePort };
      record = { tuple, lots: [], sinceMs: span.atMs };
      this.#byKey.set(key, record);
    }
    let lot = record.lots.at(-1);
    if (lot?.atMs !== span.atMs) {
      lot = { ...span, count: 0, lost: 0, byPid: new Map() };
      record.lots.push(lot);
    }
    lot.count++;
    lot.lost += refusal.lostBeside ?? 0;
    this.#count(key, 1);
    const { pid, command } = refusal;
    const process = lot.byPid.get(pid) ?? { command, count: 0 };
    process.count++;
    lot.byPid.set(pid, process);
  }
}

/** Refusals since a time. A lot that began earlier counts in proportion. */
function countWithin(lots: readonly Lot[], sinceMs: number): number {
  return lots.reduce((total, { fromMs, atMs, count }) => {
    if (atMs <= sinceMs) return total;
    const part = fromMs >= sinceMs ? 1 : (atMs - sinceMs) / (atMs - fromMs);
    return total + part * count;
  }, 0);
}

function sum(lots: readonly Lot[]): number {
  return lots.reduce((total, { count }) => total + count, 0);
}

function processesOf(lots: readonly Lot[]): RefusedProcess[] {
  const byPid = new Map<number | undefined, RefusedProcess>();
  for (const { byPid: counts } of lots) {
    for (const [pid, { command, count }] of counts) {
      const refusals = (byPid.get(pid)?.refusals ?? 0) + count;
      byPid.set(pid, { pid, command, refusals });
    }
  }
  return [...byPid.values()]
    .toSorted((a, b) => b.refusals - a.refusals || (a.pid ?? 0) - (b.pid ?? 0))
    .slice(0, MOST_PROCESSES);
}
