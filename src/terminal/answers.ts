import type { Background } from '../ui/palettes.ts';
import { backgroundOf } from './background.ts';

/**
 * Asks for the colour of the background (OSC 11), and right behind it for the device's attributes (DA1), which every
 * terminal answers: one that has answered only the latter is silent on the former. GNU screen answers DA1 itself,
 * before its own terminal's answer to OSC 11.
 */
export const ASK_BACKGROUND = '\x1b]11;?\x1b\\\x1b[c';

/** What a terminal answers, or says by itself where mode 2031 is on. */
export type Answer =
  | { readonly type: 'background'; readonly background: Background }
  | { readonly type: 'scheme'; readonly background: Background }
  | { readonly type: 'attributes' };

// xterm's ctlseqs: OSC 11 ; colour, ended by ST or BEL; CSI ? … c. Contour's "dark and light mode detection":
// CSI ? 997 ; 1 n is dark, 2 light. The colour has no letter that is a key and not a digit's.
const COLOR = String.raw`[\da-f:/rgb#]{0,40}`;
const ANSWER = new RegExp(
  String.raw`^\x1b(?:\]11;(${COLOR})(?:\x07|\x1b\\)|\[\?[\d;]{0,64}c|\[\?997;([12])n)`,
  'i',
);
/** The beginning of an answer, up to the end of what was read. */
const BEGUN = new RegExp(
  String.raw`^\x1b(?:\](?:1(?:1(?:;${COLOR}\x1b?)?)?)?|\[(?:\?[\d;]{0,64})?)?$`,
  'i',
);
/** An answer that is cut off by something else. */
const CUT_OFF = new RegExp(String.raw`^\x1b\]11;${COLOR}`, 'i');
/** A shorter beginning may be a key as well: Escape, Alt-[ and Alt-]. */
const SHORTEST_SURE = 3;
/** The same where Escape was given away as a key: Escape, then `[` and `?`. */
const SHORTEST_AFTER_KEY = 5;

/**
 * Takes the answers of a terminal out of what is read from it, in pieces of any size, so that the rest is keys. The
 * beginning of an answer is held back until its end comes; one that may be a key only while `isExpecting`, and
 * until `giveUp`.
 */
export class AnswerFilter {
  #held = '';
  /** How much of `#held` was given away as keys. */
  #given = 0;

  /** What is held back may be a key. */
  get isHolding(): boolean {
    return this.#held.length > this.#given && this.#held.length < SHORTEST_SURE;
  }

  push(text: string, isExpecting: boolean): { keys: string; answers: Answer[] } {
    const answers: Answer[] = [];
    const all = this.#held + text;
    const given = this.#given;
    [this.#held, this.#given] = ['', 0];
    let keys = '';
    const areKeys = (from: number, to: number) => {
      keys += all.slice(Math.max(from, given), to);
    };
    for (let at = 0; at < all.length;) {
      const escape = all.indexOf('\x1b', at);
      const end = escape < 0 ? all.length : escape;
      areKeys(at, end);
      const rest = all.slice(end);
      const answer = ANSWER.exec(rest);
      if (answer !== null) {
        answers.push(answerOf(answer));
        at = end + answer[0].length;
      } else if (BEGUN.test(rest)) {
        [this.#held, this.#given] = [rest, Math.max(0, given - end)];
        if (this.#given > 0 || !isExpecting) keys += this.giveUp();
        break;
      } else {
        const cutOff = CUT_OFF.exec(rest)?.[0].length;
        at = end + (cutOff ?? 1);
        if (cutOff === undefined) areKeys(end, at);
      }
    }
    return { keys, answers };
  }

  /** What is held back and may be a key after all; should the rest of an answer follow, only that is kept back. */
  giveUp(): string {
    const sure = this.#given > 0 ? SHORTEST_AFTER_KEY : SHORTEST_SURE;
    if (this.#held.length >= sure) return '';
    const keys = this.#held.slice(this.#given);
    this.#given = this.#held.length;
    return keys;
  }
}

function answerOf([, color, scheme]: RegExpExecArray): Answer {
  if (color !== undefined) return { type: 'background', background: backgroundOf(color) };
  if (scheme !== undefined)
    return { type: 'scheme', background: scheme === '1' ? 'dark' : 'light' };
  return { type: 'attributes' };
}
