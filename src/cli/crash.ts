import { printable } from '../kernel/foreign-text.ts';
import { shortened } from './shortened.ts';

/** One sentence on an error of ephtop's own, with what to report. */
export function crashText(error: unknown): string {
  const [what = ''] = String(error).split('\n');
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const place = /^\s+at (.*)$/m.exec(stack)?.[1];
  const where = place === undefined ? '' : ` (at ${place.replace(/file:\/\/\/\S*\//, '')})`;
  const said = printable(shortened(`${what}${where}`));
  return `ephtop: stopped by an error of its own: ${said}. Please report this line; "--debug FILE" writes the details to a file.\n`;
}

/** Of the view that has the terminal. */
let giveBack: ((error: unknown) => void) | undefined;

/** An error that nobody has caught ends a view, which gives the terminal back first, or else the program with this status. */
export function endOnCrash(status: number): void {
  process.on('uncaughtException', (error) => {
    const end = giveBack;
    giveBack = undefined;
    if (end !== undefined) return end(error);
    process.stderr.write(crashText(error));
    process.exit(status);
  });
}

/** Rejects with the first error that nobody catches from now on. */
export function nextCrash(): Promise<never> {
  return new Promise((_, reject) => {
    giveBack = reject;
  });
}
