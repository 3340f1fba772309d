import type { SocketTable } from '../kernel/socket-table.ts';
import type { Clock } from './clock.ts';

/** Rows that were read so little apart were read at once: the kernel's own clock goes on in steps of 1 to 10 ms. */
const AT_ONCE_MS = 2;

/**
 * When the rows of a reading were read. The kernel shows what is left of a timer at that moment, row by row, and a reading
 * that is long, or that has to wait for a processor, comes to its last rows much later than to its first: side by side,
 * their timers would tell a wrong order of closes.
 */
export class ReadMoments {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #table: SocketTable;
  /** Where rows begin that were read at another moment than those before, in order. */
  readonly #rows: number[] = [];
  readonly #momentsMs: number[] = [];

  constructor(clock: Pick<Clock, 'monotonicMs'>, table: SocketTable) {
    this.#clock = clock;
    this.#table = table;
  }

  /** Forgets the reading before. */
  clear(): void {
    this.#rows.length = 0;
    this.#momentsMs.length = 0;
  }

  /** The kernel wrote the rows behind those that the table has by now at this moment. */
  note(atMs = this.nowMs()): void {
    const { length } = this.#table;
    // A dump that is tried again has taken back its rows.
    while ((this.#rows.at(-1) ?? -1) >= length) {
      this.#rows.pop();
      this.#momentsMs.pop();
    }
    if (atMs - (this.#momentsMs.at(-1) ?? -Infinity) < AT_ONCE_MS) return;
    this.#rows.push(length);
    this.#momentsMs.push(atMs);
  }

  /** The moment now, in monotonic ms. */
  nowMs(): number {
    return this.#clock.monotonicMs();
  }

  /** The reading has ended: tells the table, which knew of none, how long ago its rows were read. */
  settle(): void {
    const endMs = this.nowMs();
    const { lags } = this.#table;
    if (endMs - (this.#momentsMs[0] ?? endMs) < AT_ONCE_MS) return;
    for (const [index, row] of this.#rows.entries()) {
      const lagMs = endMs - (this.#momentsMs[index] ?? endMs);
      lags.add(row, lagMs < AT_ONCE_MS ? 0 : Math.round(lagMs));
    }
  }
}
