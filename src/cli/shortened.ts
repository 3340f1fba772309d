/** The longest of our own sentences is half as long. */
const MOST_CHARACTERS = 1000;

/**
 * A sentence that quotes what it was given, which may be as long as the kernel lets a command line be. Its end says why,
 * or what is right, and so stays.
 */
export function shortened(sentence: string): string {
  if (sentence.length <= MOST_CHARACTERS) return sentence;
  const half = MOST_CHARACTERS / 2;
  return `${sentence.slice(0, half)}…${sentence.slice(-half)}`.toWellFormed();
}
