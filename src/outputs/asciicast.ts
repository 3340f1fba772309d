import { printableJson } from '../kernel/foreign-text.ts';

/*
 * asciicast v3 (docs.asciinema.org/manual/asciicast/v3): a header, then events, a line of JSON each:
 * [seconds since the event before, code, data].
 */

/** What a cast says of itself. */
export interface CastHeader {
  readonly columns: number;
  readonly rows: number;
  /** Unix ms of the first sample. */
  readonly atMs: number;
  readonly title: string;
}

/** Players wait no longer than this between two events. */
const LONGEST_WAIT_SECONDS = 3;

/** The first line. */
export function castHeader({ columns, rows, atMs, title }: CastHeader): string {
  return `${printableJson({
    version: 3,
    term: { cols: columns, rows, type: 'xterm-256color' },
    timestamp: Math.floor(atMs / 1000),
    idle_time_limit: LONGEST_WAIT_SECONDS,
    title,
  })}\n`;
}

/** What happens in a cast: output, a marker to jump to, the end of the program. */
type CastCode = 'o' | 'm' | 'x';

/** A line for each event. Rounding does not add up. */
export class CastEvents {
  #toldMs = 0;

  /** `atMs`: since the beginning of the cast. */
  event(atMs: number, code: CastCode, data: string): string {
    const seconds = Math.max(0, Math.round(atMs) - this.#toldMs) / 1000;
    this.#toldMs = Math.max(this.#toldMs, Math.round(atMs));
    return `${JSON.stringify([seconds, code, data])}\n`;
  }
}

const BEGIN_FRAME = '\x1b[?2026h';
const END_FRAME = '\x1b[?2026l';

/** What a terminal is sent to show a frame: the lines that differ from the frame before; undefined: none do. */
export function frameOutput(
  before: readonly string[] | undefined,
  now: readonly string[],
): string | undefined {
  // The cursor is no part of the view.
  const start = before === undefined ? '\x1b[?25l\x1b[2J' : '';
  const lines = now.flatMap((line, row) =>
    before?.[row] === line ? [] : [`\x1b[${row + 1};1H\x1b[0m${line}\x1b[0m\x1b[K`],
  );
  if (before !== undefined && lines.length === 0) return undefined;
  return BEGIN_FRAME + start + lines.join('') + END_FRAME;
}
