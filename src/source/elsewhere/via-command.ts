import { basename } from 'node:path';
import { printable } from '../../kernel/foreign-text.ts';

/** A command that starts a shell elsewhere; plain data. */
export interface ViaCommand {
  /** As the user wrote it. */
  readonly text: string;
  readonly words: readonly [string, ...string[]];
}

/** What sentences call it: in quotes, and cut where it is long. */
export function quotedCommand({ text }: ViaCommand): string {
  const whole = printable(text.trim());
  return `"${whole.length > 60 ? `${whole.slice(0, 59)}…` : whole}"`;
}

/** The name of the program that it starts, for where there is little room. */
export function programOf({ words: [program] }: ViaCommand): string {
  return printable(basename(program));
}
