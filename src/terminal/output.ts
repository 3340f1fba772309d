/** The world of an Output. */
export interface OutputWorld {
  /** Writes what the terminal takes now, and returns the number of bytes; undefined: none. Throws where it is gone. */
  readonly write: (bytes: Uint8Array) => number | undefined;
  /** Told once that the terminal is gone. */
  readonly onError: (error: unknown) => void;
  /** Monotonic, in ms. */
  readonly now: () => number;
  /** Blocks for this many ms. */
  readonly sleep: (ms: number) => void;
  /** Sees to it that the terminal has these bytes once it takes something, after the end of this process. */
  readonly leave: (bytes: Buffer) => void;
}

/** A terminal that has taken nothing is tried again after so many ms, twice as many each time. */
const RETRY_MS = { first: 1, longest: 100 } as const;
/** How long the last words wait for a terminal. */
const PATIENCE_MS = 1000;
const POLL_MS = 5;
/** Frames wait for `whenFree`; should anything else come in such numbers, the newest of it is lost. */
const MOST_WAITING_BYTES = 1_000_000;
/** Ends a control sequence that was cut off (ECMA-48), and shows nothing. */
const CANCEL = '\x18';

/**
 * What is written to a terminal that may not be read for a while: a stalled ssh link, a stopped tmux, Ctrl-S. Nothing
 * waits for it, as a blocked thread would take no samples and hear no signals.
 */
export class Output {
  readonly #world: OutputWorld;
  readonly #whenFree = new Set<() => void>();
  #waiting: Buffer[] = [];
  #timer: NodeJS.Timeout | undefined;
  #retryMs: number = RETRY_MS.first;
  /** The first of `#waiting` is written in part. */
  #isBegun = false;
  /** What was forgotten is written in part. */
  #isCut = false;
  /** Took nothing since the last words have waited for it. */
  #isStuck = false;
  #isGone = false;

  constructor(world: OutputWorld) {
    this.#world = world;
  }

  /** The terminal has taken all that was written. */
  get isFree(): boolean {
    return this.#waiting.length === 0;
  }

  write(text: string): void {
    if (this.#isGone || text === '') return;
    if (this.#waitingBytes() > MOST_WAITING_BYTES) return;
    this.#waiting.push(Buffer.from(this.#isCut ? CANCEL + text : text));
    this.#isCut = false;
    // Else it has its turn behind the others.
    if (this.#waiting.length === 1) this.#advance();
  }

  /** Calls `act` once the terminal is free: now, or only once however often it was asked for. */
  whenFree(act: () => void): void {
    if (this.isFree) act();
    else this.#whenFree.add(act);
  }

  /** Forgets what waits: the terminal is to be given back, and may be slow. */
  forget(): void {
    this.#isCut ||= this.#isBegun;
    this.#isBegun = false;
    this.#waiting = [];
  }

  /** Waits until all is written, a second at most; forgets what is not, and then waits for nothing more. */
  flush(): void {
    if (this.#isFlushed()) return;
    this.forget();
  }

  /** The same at the end of the process, but leaves what is not written yet. */
  finish(): void {
    if (this.#isFlushed()) return;
    this.#world.leave(Buffer.concat(this.#waiting));
    [this.#waiting, this.#isBegun] = [[], false];
  }

  #isFlushed(): boolean {
    const untilMs = this.#world.now() + (this.#isStuck ? 0 : PATIENCE_MS);
    this.#tryAll();
    while (!this.isFree && this.#world.now() < untilMs) {
      this.#world.sleep(POLL_MS);
      this.#tryAll();
    }
    this.#isStuck = !this.isFree;
    return this.isFree;
  }

  #waitingBytes(): number {
    return this.#waiting.reduce((sum, { length }) => sum + length, 0);
  }

  #advance(): void {
    this.#tryAll();
    for (const act of this.#whenFree) {
      if (!this.isFree) break;
      this.#whenFree.delete(act);
      act();
    }
    clearTimeout(this.#timer);
    if (this.isFree) return;
    this.#timer = setTimeout(() => this.#advance(), this.#retryMs);
    // What must be written before the end is flushed.
    this.#timer.unref();
  }

  /** Writes what the terminal takes now. */
  #tryAll(): void {
    this.#retryMs = Math.min(2 * this.#retryMs, RETRY_MS.longest);
    for (;;) {
      const [first, ...others] = this.#waiting;
      if (first === undefined) return;
      const taken = this.#tryOne(first);
      if (!taken) return;
      [this.#retryMs, this.#isStuck] = [RETRY_MS.first, false];
      this.#isBegun = taken < first.length;
      this.#waiting = this.#isBegun ? [first.subarray(taken), ...others] : others;
    }
  }

  #tryOne(bytes: Uint8Array): number | undefined {
    try {
      return this.#world.write(bytes);
    } catch (error) {
      this.#isGone = true;
      this.#waiting = [];
      this.#world.onError(error);
      return undefined;
    }
  }
}
