import { stringWidth } from './string-width.ts';
import { wrapAll } from './wrap.ts';

/**
 * What is below the wrong word, which begins at column `start` and is `marked` columns long: a line with carets, and the
 * hint on the side where it fits; the hint alone, in several lines, if it fits on none. `width` columns at most.
 */
export function problemLines(hint: string, start: number, marked: number, width: number): string[] {
  const text = `write ${hint}`;
  const carets = '^'.repeat(Math.max(1, Math.min(marked, width - start)));
  const needed = stringWidth(text) + 1;
  if (start + carets.length + needed <= width) return [`${' '.repeat(start)}${carets} ${text}`];
  return start >= needed && start + carets.length <= width
    ? [`${' '.repeat(start - needed)}${text} ${carets}`]
    : hintLines(hint, width);
}

/** What to write instead, in lines of `width` columns at most. */
export function hintLines(hint: string, width: number): string[] {
  return wrapAll(`write ${hint}`, width - 1).map((line) => ` ${line}`);
}
