import type { SpokenLine } from './spoken-text.ts';

// Seconds for a letter and for a digit, as espeak-ng speaks sentences of ours at its usual pace (175 words a minute);
// "40000" is two words. It was never more than an eighth slower.
const LETTER_SECONDS = 0.08;
const DIGIT_SECONDS = 0.35;

/** About how many seconds a speech synthesizer takes to say these lines. */
export function speakingSeconds(lines: readonly SpokenLine[]): number {
  const text = lines.map((line) => (typeof line === 'string' ? line : line.verbatim)).join(' ');
  const digits = text.match(/\d/g)?.length ?? 0;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return letters * LETTER_SECONDS + digits * DIGIT_SECONDS;
}
