/** Longest message, in characters. ephtop's own longest sentence has half of that. */
const MOST_CHARACTERS = 1000;

/**
 * Shortens a message in the middle. A message quotes its input, which may be as long as a command line can be. The end
 * stays, because it says why, or what is right.
 */
export function shortened(sentence: string): string {
  if (sentence.length <= MOST_CHARACTERS) return sentence;
  const half = MOST_CHARACTERS / 2;
  return `${sentence.slice(0, half)}…${sentence.slice(-half)}`.toWellFormed();
}
