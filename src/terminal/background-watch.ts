import type { Background } from '../ui/palettes.ts';
import { type Answer, ASK_BACKGROUND } from './answers.ts';

/** A later answer is not used: whoever looks at the screen has got used to it. */
const USED_WITHIN_MS = 100;
/** An answer that has not come by then is not waited for at the end. */
const EXPECTED_WITHIN_MS = 1000;

/** The world of a BackgroundWatch. */
export interface BackgroundWorld {
  readonly write: (text: string) => void;
  /** Monotonic, in ms. */
  readonly now: () => number;
}

/** Asks a terminal for its background, and decides which of its answers are used. */
export class BackgroundWatch {
  readonly #world: BackgroundWorld;
  readonly #listeners = new Set<(background: Background) => void>();
  #askedAtMs = -Infinity;
  /** Whether the terminal has answered the one and the other since it was asked. */
  #has = { background: true, attributes: true };

  constructor(world: BackgroundWorld) {
    this.#world = world;
  }

  /** Asks, and calls back with whatever the terminal says of its background; returns the function that ends it. */
  listen(listener: (background: Background) => void): () => void {
    this.#listeners.add(listener);
    this.ask();
    return () => this.#listeners.delete(listener);
  }

  /** Asks, if anybody listens. */
  ask(): void {
    if (this.#listeners.size === 0) return;
    this.#askedAtMs = this.#world.now();
    this.#has = { background: false, attributes: false };
    this.#world.write(ASK_BACKGROUND);
  }

  push(answer: Answer): void {
    if (answer.type === 'attributes') {
      this.#has.attributes = true;
      return;
    }
    if (answer.type === 'background') {
      const isWanted = !this.#has.background && this.#age() <= USED_WITHIN_MS;
      this.#has.background = true;
      if (!isWanted) return;
    }
    if (answer.background === 'unknown') return;
    for (const listener of this.#listeners) listener(answer.background);
  }

  /** An answer may still come. That to the second question says that there is none to the first, but GNU screen's. */
  get isExpecting(): boolean {
    const { background, attributes } = this.#has;
    return !attributes || (!background && this.#age() <= USED_WITHIN_MS);
  }

  /** Ms for which an answer is still worth waiting for, before the terminal is another's. */
  get expectedForMs(): number {
    return this.isExpecting ? Math.max(0, EXPECTED_WITHIN_MS - this.#age()) : 0;
  }

  #age(): number {
    return this.#world.now() - this.#askedAtMs;
  }
}
