import { basename } from 'node:path';
import { printable } from '../../kernel/foreign-text.ts';

/** A command that starts a shell elsewhere; plain data. */
export interface ViaCommand {
  /** As the user wrote it. */
  readonly text: string;
  readonly words: readonly [string, ...string[]];
}

/** Of a long command so much of either end is quoted: the host stands behind many an option. */
const QUOTED = { start: 25, end: 34 } as const;

/** What sentences call it: in quotes, and cut in the middle where it is long. */
export function quotedCommand({ text }: ViaCommand): string {
  const whole = printable(text.trim());
  const isLong = whole.length > QUOTED.start + QUOTED.end + 1;
  return `"${isLong ? `${whole.slice(0, QUOTED.start)}…${whole.slice(-QUOTED.end)}` : whole}"`;
}

/** The name of the program that it starts, for where there is little room. */
export function programOf({ words: [program] }: ViaCommand): string {
  return printable(basename(program));
}
