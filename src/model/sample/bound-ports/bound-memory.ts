import { TIME_WAIT } from '../../../kernel/tcp-state.ts';
import type { Classified } from '../classify.ts';
import { timeWaitAgeMs } from '../time-wait.ts';
import type { BoundPorts } from './findings.ts';
import { isSameClose, SLACK_MS } from './no-port-memory.ts';
import { type KnownBound, NONE_KNOWN } from './rows.ts';

/** A socket whose port was surely bound. */
interface Kept {
  /** 0 without a process. */
  readonly inode: number;
  /** Unix ms; undefined: it is live. */
  readonly closedAtMs: number | undefined;
  /** It was seen live by a source that tells of IP_BIND_ADDRESS_NO_PORT. */
  readonly isSeen: boolean;
}

/** So long it may take until a program that has stopped binding is seen to connect without it. */
const YOUNG_MS = 3000;

/**
 * Remembers which sockets' ports were surely bound: once the table no longer tells, as after a program has stopped binding,
 * they are so as long as they are there. What a look did not find sure, or did not find, is forgotten.
 */
export class BoundMemory {
  #byKey: ReadonlyMap<string, ReadonlyMap<number, Kept>> = new Map();
  #takenAtMs = 0;
  /** Until when connections without bind() count that groups were seen to make, Unix ms. */
  #connectingUntilMs = new Map<string, number>();
  /** The rows of this look that are known, and as what. */
  readonly #known = new Map<number, Kept>();

  /** The rows of this look that the last one knew to be bound. */
  recall(classified: Classified): KnownBound {
    this.#known.clear();
    if (this.#byKey.size === 0) return NONE_KNOWN;
    const { reading, outgoing, texts } = classified;
    const [tuples, young, connecting] = [new Set<number>(), new Set<number>(), new Set<number>()];
    for (let tuple = 0; tuple < outgoing.count; tuple++) {
      const key = texts.keyOf(tuple);
      if ((this.#connectingUntilMs.get(key) ?? 0) > reading.takenAtMs) connecting.add(tuple);
      const ports = this.#byKey.get(key);
      if (ports === undefined) continue;
      for (const [row, now] of this.#same(ports, outgoing.rowsOf(tuple), classified)) {
        this.#known.set(row, now);
        tuples.add(tuple);
        const ageMs = reading.takenAtMs - (now.closedAtMs ?? -Infinity);
        if (!now.isSeen && ageMs < YOUNG_MS) young.add(row);
      }
    }
    return { rows: this.#known, tuples, young, connecting };
  }

  /** Takes the rows, by tuple, that are surely bound by now, and the tuples that connect without bind() as well. */
  keep(
    classified: Classified,
    { sure, connecting }: Pick<BoundPorts, 'sure' | 'connecting'>,
  ): void {
    const { reading, texts, timeWaitSeconds } = classified;
    const untilMs = reading.takenAtMs + 1000 * timeWaitSeconds;
    for (const [key, endMs] of this.#connectingUntilMs)
      if (endMs <= reading.takenAtMs) this.#connectingUntilMs.delete(key);
    for (const tuple of connecting) this.#connectingUntilMs.set(texts.keyOf(tuple), untilMs);
    const { localPort } = reading.sockets;
    const entryOf = (row: number) =>
      [localPort[row] ?? 0, this.#known.get(row) ?? keptOf(row, classified)] as const;
    this.#takenAtMs = reading.takenAtMs;
    this.#byKey = new Map(
      [...sure].map(([tuple, rows]) => [texts.keyOf(tuple), new Map(rows.map(entryOf))]),
    );
  }

  /** The rows of a tuple that are the same sockets, and what is known of them. */
  #same(ports: ReadonlyMap<number, Kept>, rows: Uint32Array, classified: Classified) {
    const { sockets, takenAtMs } = classified.reading;
    const [same, closed] = [new Map<number, Kept>(), new Map<number, Kept>()];
    let live = 0;
    for (const { closedAtMs } of ports.values()) if (closedAtMs === undefined) live++;
    for (const row of rows) {
      const kept = ports.get(sockets.localPort[row] ?? 0);
      if (kept === undefined) continue;
      const { inode, closedAtMs } = keptOf(row, classified);
      if (closedAtMs !== undefined && kept.closedAtMs !== undefined) {
        if (isSameClose(closedAtMs, kept.closedAtMs)) same.set(row, kept);
      } else if (kept.closedAtMs !== undefined) continue;
      else if (closedAtMs !== undefined) {
        if (closedAtMs >= this.#takenAtMs - SLACK_MS) closed.set(row, { ...kept, closedAtMs });
      } else if (inode === 0 || inode === kept.inode) {
        live--;
        same.set(row, { ...kept, inode });
      }
    }
    // In a longer time, or where some have gone without TIME_WAIT, another connection may have had the port since.
    const areTheSame = takenAtMs - this.#takenAtMs <= SLACK_MS && live === closed.size;
    return areTheSame ? [...same, ...closed] : same;
  }
}

function keptOf(row: number, { reading, timeWaitSeconds }: Classified): Kept {
  const { sockets, source, takenAtMs } = reading;
  const isLive = sockets.state[row] !== TIME_WAIT;
  const ageMs = timeWaitAgeMs(sockets.timerMs[row] ?? 0, timeWaitSeconds);
  return {
    inode: sockets.inode[row] ?? 0,
    closedAtMs: isLive ? undefined : takenAtMs - ageMs,
    isSeen: isLive && source === 'netlink',
  };
}
