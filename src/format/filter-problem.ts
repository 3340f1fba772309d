import { quoteUntrusted } from '../kernel/parse-error.ts';
import type { FilterProblem } from '../model/query/filter-words.ts';

/** What is wrong with a filter: `word 2, "port:x": write a port or a range: …`. */
export function problemText(problem: FilterProblem, expression: string): string {
  const { at, length, word, hint } = problem;
  return `word ${word}, ${quoteUntrusted(expression.slice(at, at + length))}: write ${hint}`;
}
