import { type ForeignText, printable } from '../kernel/foreign-text.ts';
import { shortened } from './shortened.ts';

/** Writes a sentence to stderr, as one line and safe to print. */
export function say(sentence: ForeignText): void {
  process.stderr.write(`ephtop: ${shortened(printable(sentence))}\n`);
}
