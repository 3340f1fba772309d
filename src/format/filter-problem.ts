import { quoteUntrusted } from '../kernel/parse-error.ts';
import type { FilterProblem } from '../model/query/filter-words.ts';
import { stringWidth } from './string-width.ts';

/** What is wrong with a filter: `word 2, "port:x": write a port or a range: …`. */
export function problemText(problem: FilterProblem, expression: string): string {
  const { at, length, word, hint } = problem;
  return `word ${word}, ${quoteUntrusted(expression.slice(at, at + length))}: write ${hint}`;
}

/**
 * A line of at most `width` columns below the wrong word, which begins at column `start` and is `marked` columns long:
 * carets, and the hint on the side where it fits.
 */
export function problemLine(hint: string, start: number, marked: number, width: number): string {
  const text = `write ${hint}`;
  const carets = '^'.repeat(Math.max(1, Math.min(marked, width - start)));
  const needed = stringWidth(text) + 1;
  if (start + carets.length + needed <= width || start < needed)
    return `${' '.repeat(start)}${carets} ${text}`;
  return `${' '.repeat(start - needed)}${text} ${carets}`;
}
