import { TIME_WAIT } from '../../../kernel/tcp-state.ts';
import type { Classified } from '../classify.ts';
import { timeWaitAgeMs } from '../time-wait.ts';
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
  /** The rows of this look that are known, and as what. */
  readonly #known = new Map<number, Kept>();

  /** The rows of this look that the last one knew to be bound. */
  recall(classified: Classified): KnownBound {
    this.#known.clear();
    if (this.#byKey.size === 0) return NONE_KNOWN;
    const { reading, outgoing, texts } = classified;
    const [tuples, young] = [new Set<number>(), new Set<number>()];
    for (let tuple = 0; tuple < outgoing.count; tuple++) {
      const ports = this.#byKey.get(texts.keyOf(tuple));
      if (ports === undefined) continue;
      for (const row of outgoing.rowsOf(tuple)) {
        const kept = ports.get(reading.sockets.localPort[row] ?? 0);
        const now = kept && this.#same(kept, row, classified);
        if (now === undefined) continue;
        this.#known.set(row, now);
        tuples.add(tuple);
        const ageMs = reading.takenAtMs - (now.closedAtMs ?? -Infinity);
        if (!now.isSeen && ageMs < YOUNG_MS) young.add(row);
      }
    }
    return { rows: this.#known, tuples, young };
  }

  /** Takes the rows, by tuple, that are surely bound by now. */
  keep(classified: Classified, sure: ReadonlyMap<number, readonly number[]>): void {
    const { reading, texts } = classified;
    const { localPort } = reading.sockets;
    const entryOf = (row: number) =>
      [localPort[row] ?? 0, this.#known.get(row) ?? keptOf(row, classified)] as const;
    this.#takenAtMs = reading.takenAtMs;
    this.#byKey = new Map(
      [...sure].map(([tuple, rows]) => [texts.keyOf(tuple), new Map(rows.map(entryOf))]),
    );
  }

  /** What is known of a row that may be the same socket; undefined: it is another one. */
  #same(kept: Kept, row: number, classified: Classified): Kept | undefined {
    const { takenAtMs } = classified.reading;
    const { inode, closedAtMs } = keptOf(row, classified);
    if (closedAtMs === undefined)
      return kept.closedAtMs === undefined && (inode === 0 || inode === kept.inode)
        ? { ...kept, inode }
        : undefined;
    if (kept.closedAtMs !== undefined)
      return isSameClose(closedAtMs, kept.closedAtMs) ? kept : undefined;
    // In a longer time another connection may have had the port, and have been closed too.
    const isShort = takenAtMs - this.#takenAtMs <= SLACK_MS;
    return isShort && closedAtMs >= this.#takenAtMs - SLACK_MS
      ? { ...kept, closedAtMs }
      : undefined;
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
