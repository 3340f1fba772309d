/**
 * The candidates that a word was probably meant to be: one to three typing errors away (a letter left out, added, wrong
 * or swapped with its neighbour), more than half of it right, and none of the others nearer.
 */
export function nearestWords(word: string, candidates: readonly string[]): string[] {
  const written = word.toLowerCase();
  const near = candidates
    .map((candidate) => ({ candidate, errors: typingErrors(written, candidate.toLowerCase()) }))
    .filter(({ candidate, errors }) => errors <= allowedErrors(word, candidate));
  const least = Math.min(...near.map(({ errors }) => errors));
  return near.filter(({ errors }) => errors === least).map(({ candidate }) => candidate);
}

/** ` Did you mean eta?`, or '' where no candidate is near. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const nearest = nearestWords(word, candidates);
  return nearest.length === 0 ? '' : ` Did you mean ${nearest.join(' or ')}?`;
}

const MOST_ERRORS = 3;

function allowedErrors(word: string, candidate: string): number {
  return Math.min(MOST_ERRORS, Math.ceil(Math.max(word.length, candidate.length) / 2) - 1);
}

/** Edits that make one word of the other (optimal string alignment); Infinity where their lengths rule out a match. */
function typingErrors(from: string, to: string): number {
  // A word may be as long as a command line can be.
  if (Math.abs(from.length - to.length) > MOST_ERRORS) return Infinity;
  let before: number[] = [];
  let last: number[] = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const next = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      next.push(
        Math.min(
          (last[column] ?? Infinity) + 1,
          (next[column - 1] ?? Infinity) + 1,
          (last[column - 1] ?? Infinity) + (isSame ? 0 : 1),
          isSwap ? (before[column - 2] ?? Infinity) + 1 : Infinity,
        ),
      );
    }
    [before, last] = [last, next];
  }
  return last[to.length] ?? Infinity;
}
