// xterm's ctlseqs, "bracketed paste" (mode 2004).
const START = '\x1b[200~';
const END = '\x1b[201~';

/** Characters of a paste that are kept. */
const MOST_PASTED = 10_000;
/** The end of a paste may be lost; after so long without more of it, keys are keys again. */
export const PASTE_ENDS_AFTER_MS = 250;

/** What is read from a terminal, in its order. */
export type Piece = { readonly keys: string } | { readonly paste: string };

/** A shorter beginning of a mark may be a key as well: Escape and Alt-[. */
const SHORTEST_SURE = 3;

/** Takes bracketed pastes out of what is read from a terminal, in pieces of any size. */
export class PasteFilter {
  /** What may become a mark. */
  #held = '';
  /** How much of `#held` was given away as keys. */
  #given = 0;
  /** The paste so far; undefined: none. */
  #paste: string | undefined;
  /** When the last of the paste came. */
  #grownMs = 0;

  /** There is a paste whose end has not come. */
  get isPasting(): boolean {
    return this.#paste !== undefined;
  }

  /** `nowMs` is monotonic. */
  push(text: string, nowMs: number): Piece[] {
    const isOver = this.isPasting && nowMs - this.#grownMs >= PASTE_ENDS_AFTER_MS;
    const pieces = isOver ? this.end() : [];
    // Who holds Ctrl-C down, as no other key works, must not keep the paste from its end by that.
    // oxlint-disable-next-line no-control-regex -- Ctrl-C is one
    if (!/^\x03+$/.test(text)) this.#grownMs = nowMs;
    let rest = this.#held + text;
    const take = (length: number) => {
      const taken = rest.slice(this.#given, length);
      rest = rest.slice(length);
      this.#given = Math.max(0, this.#given - length);
      if (this.#paste !== undefined) this.#paste = (this.#paste + taken).slice(0, MOST_PASTED);
      else if (taken !== '') pieces.push({ keys: taken });
    };
    for (let at = rest.indexOf(this.#mark); at >= 0; at = rest.indexOf(this.#mark)) {
      take(at);
      rest = rest.slice(this.#mark.length);
      this.#given = 0;
      if (this.isPasting) pieces.push(...this.end());
      else this.#paste = '';
    }
    const held = beginningOf(this.#mark, rest);
    take(rest.length - held.length);
    this.#held = held;
    if (!this.isPasting && held.length < SHORTEST_SURE) {
      const keys = held.slice(this.#given);
      if (keys !== '') pieces.push({ keys });
      this.#given = held.length;
    }
    return pieces;
  }

  /** Ends the paste, should there be one, and returns it. */
  end(): Piece[] {
    const paste = this.#paste;
    if (paste === undefined) return [];
    this.#paste = undefined;
    [this.#held, this.#given] = ['', 0];
    return [{ paste }];
  }

  get #mark(): string {
    return this.isPasting ? END : START;
  }
}

/** The longest end of `text` that `mark` begins with. */
function beginningOf(mark: string, text: string): string {
  for (let length = mark.length - 1; length > 0; length--) {
    if (text.endsWith(mark.slice(0, length))) return mark.slice(0, length);
  }
  return '';
}
