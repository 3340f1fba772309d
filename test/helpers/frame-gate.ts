const FRAME_BEGIN = '\x1b[?2026h';
const FRAME_END = '\x1b[?2026l';

/**
 * Holds output back from the emulator while a synchronized-output frame is unfinished, as a
 * terminal that knows mode 2026 does. Whoever looks at the screen then never sees half a frame.
 */
export class FrameGate {
  #held = '';

  /** Characters held back at the moment. */
  get heldLength(): number {
    return this.#held.length;
  }

  /** Takes output of the program; returns the part of it that may be shown now. */
  pass(data: string): string {
    const text = this.#held + data;
    const cut = safeLength(text);
    this.#held = text.slice(cut);
    return text.slice(0, cut);
  }

  /** Gives up everything that is held, for a program that ended inside a frame. */
  release(): string {
    const text = this.#held;
    this.#held = '';
    return text;
  }
}

function safeLength(text: string): number {
  // A mark within a frame begins nothing.
  const begin = text.indexOf(FRAME_BEGIN, text.lastIndexOf(FRAME_END) + 1);
  if (begin >= 0) return begin;
  return text.length - splitMarkLength(text);
}

// A read of the pseudo-terminal may end in the middle of a mark.
function splitMarkLength(text: string): number {
  for (let length = FRAME_BEGIN.length - 1; length > 0; length--) {
    if (text.endsWith(FRAME_BEGIN.slice(0, length))) return length;
  }
  return 0;
}
