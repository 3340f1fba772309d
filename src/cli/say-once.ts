import type { LostPlace } from '../model/places.ts';
import { say } from './say.ts';

/** Says each of these sentences once. `said`: those that were said before; they are added to it. */
export function sayOnce(sentences: readonly string[], said: Set<string> = new Set()): void {
  for (const sentence of sentences) {
    if (!said.has(sentence)) say(sentence);
    said.add(sentence);
  }
}

/** That a place could not be read, in a sentence. */
export function lostSentence({ name, reason }: LostPlace): string {
  return reason.includes(name) ? reason : `${name}: ${reason}`;
}
