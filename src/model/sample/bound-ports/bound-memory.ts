import { TIME_WAIT } from '../../../kernel/tcp-state.ts';
import type { Classified } from '../classify.ts';
import { timeWaitAgeMs } from '../time-wait.ts';
import { rowsOf } from '../tuple-rows.ts';
import type { BoundPorts } from './findings.ts';
import { isSameClose, SLACK_MS } from './no-port-memory.ts';
import { KNOWN, KNOWN_YOUNG, type KnownBound, NONE_KNOWN } from './rows.ts';

/**
 * A socket whose port was surely bound, as a number, of which there may be tens of thousands: twice its inode (0 without a
 * process), or, below 0, twice the Unix ms when it was closed. Odd: it was seen live by a source that tells of
 * IP_BIND_ADDRESS_NO_PORT.
 */
type Kept = number;

const isClosed = (kept: Kept) => kept < 0;
const isSeen = (kept: Kept) => kept % 2 !== 0;
const closedAtMsOf = (kept: Kept) => Math.floor(-kept / 2);
const inodeOf = (kept: Kept) => Math.floor(kept / 2);
/** The same socket, closed. */
const closedKept = (closedAtMs: number, hasBeenSeen: boolean) =>
  -(2 * Math.round(closedAtMs) + Number(hasBeenSeen));

/** So long it may take until a program that has stopped binding is seen to connect without it. */
const YOUNG_MS = 3000;

/** Groups of which something was seen lately. */
class Lately {
  readonly #atMs = new Map<string, number>();

  get isAny(): boolean {
    return this.#atMs.size > 0;
  }

  has(key: string): boolean {
    return this.#atMs.has(key);
  }

  /** Adds groups, and forgets those of which nothing was seen for so long. */
  add(keys: readonly string[], nowMs: number, forMs: number): void {
    for (const [key, atMs] of this.#atMs) if (nowMs - atMs > forMs) this.#atMs.delete(key);
    for (const key of keys) this.#atMs.set(key, nowMs);
  }
}

/**
 * Remembers which sockets' ports were surely bound: once the table no longer tells, as after a program has stopped binding,
 * they are so as long as they are there. What a look did not find sure, or did not find, is forgotten.
 */
export class BoundMemory {
  #byKey: ReadonlyMap<string, ReadonlyMap<number, Kept>> = new Map();
  #takenAtMs = 0;
  /** What was seen of groups lately. */
  readonly #connecting = new Lately();
  readonly #backed = new Lately();
  /** What is known of the rows of this look; see `marks` for which. */
  #kept = new Float64Array();
  #marks: Uint8Array = NONE_KNOWN.marks;
  /** Those of them that this look does not judge, by key: their ports are reserved or outside the range by now. */
  #aside = new Map<string, Uint32Array>();

  /** The rows of this look that the last one knew to be bound. */
  recall(classified: Classified): KnownBound {
    this.#marks = NONE_KNOWN.marks;
    this.#aside = new Map();
    const isAny = this.#byKey.size > 0 || this.#backed.isAny || this.#connecting.isAny;
    if (!isAny) return NONE_KNOWN;
    const { reading, outgoing, texts } = classified;
    this.#marks = new Uint8Array(reading.sockets.length);
    this.#kept = new Float64Array(reading.sockets.length);
    const [tuples, connecting, backed] = [new Set<number>(), new Set<number>(), new Set<number>()];
    for (let tuple = 0; tuple < outgoing.count; tuple++) {
      const key = texts.keyOf(tuple);
      if (this.#connecting.has(key)) connecting.add(tuple);
      if (this.#backed.has(key)) backed.add(tuple);
      const ports = this.#byKey.get(key);
      if (ports === undefined) continue;
      const rows = rowsOf(outgoing, tuple);
      if (!this.#recallTuple(ports, rows, classified)) continue;
      tuples.add(tuple);
      const aside = this.#notJudged(rows, classified);
      if (aside.length > 0) this.#aside.set(key, aside);
    }
    return { marks: this.#marks, tuples, connecting, backed };
  }

  /** Takes the rows, by tuple, that are surely bound by now, and the tuples that connect without bind() as well. */
  keep(
    classified: Classified,
    { sure, connecting, backed }: Pick<BoundPorts, 'sure' | 'connecting' | 'backed'>,
  ): void {
    const { reading, texts, timeWaitSeconds } = classified;
    const forMs = 1000 * timeWaitSeconds;
    const keysOf = (seen: ReadonlySet<number>) => Array.from(seen, (tuple) => texts.keyOf(tuple));
    this.#connecting.add(keysOf(connecting), reading.takenAtMs, forMs);
    this.#backed.add(keysOf(backed), reading.takenAtMs, forMs);
    this.#takenAtMs = reading.takenAtMs;
    const byKey = new Map<string, ReadonlyMap<number, Kept>>();
    const bound = new Map(Array.from(sure, ([tuple, rows]) => [texts.keyOf(tuple), rows]));
    for (const [key, rows] of this.#aside) bound.set(key, [...(bound.get(key) ?? []), ...rows]);
    for (const [key, rows] of bound) {
      const ports = new Map<number, Kept>();
      for (const row of rows) {
        const isKnown = this.#marks[row] !== undefined && this.#marks[row] !== 0;
        const kept = isKnown ? (this.#kept[row] ?? 0) : keptOf(row, classified);
        ports.set(reading.sockets.localPort[row] ?? 0, kept);
      }
      byKey.set(key, ports);
    }
    this.#byKey = byKey;
  }

  /** Marks the rows of a tuple that are the same sockets as before; true if there are any. */
  #recallTuple(
    ports: ReadonlyMap<number, Kept>,
    rows: Uint32Array,
    classified: Classified,
  ): boolean {
    const { sockets, takenAtMs } = classified.reading;
    const closed: number[] = [];
    let [live, found] = [0, 0];
    for (const kept of ports.values()) if (!isClosed(kept)) live++;
    for (const row of rows) {
      const kept = ports.get(sockets.localPort[row] ?? 0);
      if (kept === undefined) continue;
      const now = keptOf(row, classified);
      if (isClosed(kept)) {
        if (!isClosed(now) || !isSameClose(closedAtMsOf(now), closedAtMsOf(kept))) continue;
        this.#mark(row, kept, takenAtMs);
        found++;
      } else if (!isClosed(now)) {
        if (inodeOf(now) !== 0 && inodeOf(now) !== inodeOf(kept)) continue;
        this.#mark(row, 2 * inodeOf(now) + Number(isSeen(kept)), takenAtMs);
        live--;
        found++;
      } else if (closedAtMsOf(now) >= this.#takenAtMs - SLACK_MS) {
        this.#kept[row] = closedKept(closedAtMsOf(now), isSeen(kept));
        closed.push(row);
      }
    }
    // In a longer time, or where some have gone without TIME_WAIT, another connection may have had the port since.
    if (takenAtMs - this.#takenAtMs > SLACK_MS || live !== closed.length) return found > 0;
    for (const row of closed) this.#mark(row, this.#kept[row] ?? 0, takenAtMs);
    return found + closed.length > 0;
  }

  #notJudged(rows: Uint32Array, { portMap, reading: { sockets } }: Classified): Uint32Array {
    const isAside = (row: number) =>
      this.#marks[row] !== 0 && portMap[sockets.localPort[row] ?? 0] !== 0;
    return rows.filter(isAside);
  }

  #mark(row: number, kept: Kept, nowMs: number): void {
    this.#kept[row] = kept;
    const isYoung = isClosed(kept) && !isSeen(kept) && nowMs - closedAtMsOf(kept) < YOUNG_MS;
    this.#marks[row] = isYoung ? KNOWN_YOUNG : KNOWN;
  }
}

function keptOf(row: number, { reading, timeWaitSeconds }: Classified): Kept {
  const { sockets, source, takenAtMs } = reading;
  if (sockets.state[row] !== TIME_WAIT)
    return 2 * (sockets.inode[row] ?? 0) + Number(source === 'netlink');
  return closedKept(takenAtMs - timeWaitAgeMs(sockets.leftMsOf(row), timeWaitSeconds), false);
}
