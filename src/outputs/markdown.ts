import { type ForeignText, printable } from '../kernel/foreign-text.ts';

/*
 * Markdown (GFM) of texts that somebody else may have written. A name must not become a link, a mention, HTML or a cell
 * of its own.
 */

/** A text as a code span, whatever it holds. */
export function code(text: ForeignText): string {
  const shown = printable(text) || ' ';
  const fence = '`'.repeat(1 + longestRun(shown));
  // A blank between fence and backtick is no part of the text.
  const isTouching = shown.startsWith('`') || shown.endsWith('`');
  const inner = isTouching ? ` ${shown} ` : shown;
  return `${fence}${inner}${fence}`;
}

/** Sentences that may hold names, as plain text; as a code span where they might be read as a link or a mention. */
export function prose(text: ForeignText): string {
  const shown = printable(text);
  if (/@|:\/\/|www\.|#\d/.test(shown)) return code(text);
  return shown.replace(/[\\`*_{}[\]<>|~&!]/g, '\\$&').replace(/^(\s*)([-+#]|\d+[.)])/, '$1\\$2');
}

/** Lines as a block of code. */
export function block(lines: readonly string[], language = ''): string[] {
  const shown = lines.map((line) => printable(line));
  const fence = '`'.repeat(Math.max(3, 1 + Math.max(0, ...shown.map(longestRun))));
  return [`${fence}${language}`, ...shown, fence];
}

/** A table; cells are Markdown already. A bar divides cells even in a code span (GFM 4.10). */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cell = (text: string) => text.replace(/(?<!\\)\|/g, '\\|');
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)];
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
