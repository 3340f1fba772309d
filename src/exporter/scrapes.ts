import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Clock } from '../source/clock.ts';

/** One reading's metrics, shared by all who asked while it was taken. */
export interface Scrape {
  readonly plain: Buffer;
  /** Compressed once, for the first who wants it. */
  gzipped(): Promise<Buffer>;
}

/** What scrapes are made of. */
export interface ScrapeParts {
  /** Reads the kernel and returns the metrics. */
  readonly read: () => Promise<string>;
  /** The metrics when that failed. */
  readonly down: () => string;
  /** Gets a sentence when reading begins to fail, or fails in another way. */
  readonly onFailure: (problem: string) => void;
  readonly clock: Pick<Clock, 'monotonicMs' | 'sleep'>;
}

/** Prometheus gives up after 10 s unless told otherwise. */
const LONGEST_MS = 9000;
/** Who comes during the first reading waits for it this long. It takes a moment, or hangs. */
const FIRST_MS = 1000;
/** Reading has been broken for this long: whoever watches the exporter should know. */
const BROKEN_MS = 30_000;
/** Where nobody scrapes, whoever asks for its health has it tried again, this often. */
const AGAIN_MS = 5000;

const compress = promisify(gzip);

/** Takes a reading for each scrape; those that come while one is taken share it. */
export class Scrapes {
  readonly #parts: ScrapeParts;
  #current: { readonly scrape: Promise<Scrape>; readonly sinceMs: number } | undefined;
  #failing:
    | { readonly sinceMs: number; readonly problem: string; readonly error: unknown }
    | undefined;
  #lastMs = -Infinity;
  #isStarting = false;

  constructor(parts: ScrapeParts) {
    this.#parts = parts;
  }

  /** Takes the first reading; until it has ended the exporter is of no use. Rejects with what it fails with. */
  async start(): Promise<void> {
    this.#isStarting = true;
    await this.#reading();
    if (this.#failing !== undefined) throw this.#failing.error;
    this.#isStarting = false;
  }

  /** Fresh metrics; undefined if the reading takes too long. */
  async take(): Promise<Scrape | undefined> {
    const stop = new AbortController();
    const longestMs = this.#isStarting ? FIRST_MS : LONGEST_MS;
    const tooLong = this.#parts.clock.sleep(longestMs, stop.signal).then(() => undefined);
    try {
      return await Promise.race([this.#reading(), tooLong]);
    } finally {
      stop.abort();
    }
  }

  /** Why the exporter is of no use, in a sentence; undefined: it works. */
  problem(): string | undefined {
    if (this.#isStarting) return 'The first reading of the kernel has not come to an end.';
    const { clock } = this.#parts;
    const nowMs = clock.monotonicMs();
    if (this.#current !== undefined && nowMs - this.#current.sinceMs >= BROKEN_MS)
      return 'A reading of the kernel does not come to an end.';
    if (this.#failing === undefined) return undefined;
    if (nowMs - this.#lastMs >= AGAIN_MS) void this.#reading();
    return nowMs - this.#failing.sinceMs >= BROKEN_MS ? this.#failing.problem : undefined;
  }

  #reading(): Promise<Scrape> {
    this.#current ??= { scrape: this.#read(), sinceMs: this.#parts.clock.monotonicMs() };
    return this.#current.scrape;
  }

  async #read(): Promise<Scrape> {
    const { read, down, onFailure, clock } = this.#parts;
    this.#lastMs = clock.monotonicMs();
    try {
      const scrape = scrapeOf(await read());
      this.#failing = undefined;
      return scrape;
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (!this.#isStarting && problem !== this.#failing?.problem) onFailure(problem);
      this.#failing = { sinceMs: this.#failing?.sinceMs ?? clock.monotonicMs(), problem, error };
      return scrapeOf(down());
    } finally {
      this.#current = undefined;
    }
  }
}

function scrapeOf(text: string): Scrape {
  const plain = Buffer.from(text);
  let gzipped: Promise<Buffer> | undefined;
  return { plain, gzipped: () => (gzipped ??= compress(plain)) };
}
