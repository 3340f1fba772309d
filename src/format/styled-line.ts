import { stringWidth } from './string-width.ts';
import { wrapAll } from './wrap.ts';

/** How a text stands out: not at all, more or less than its surroundings, or as the severity of what it is about. */
export type Tone = 'plain' | 'strong' | 'dim' | 'signal';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One row of the screen. */
export type StyledLine = readonly Span[];

export function plain(text: string): StyledLine {
  return [{ text, tone: 'plain' }];
}

export function toned(tone: Tone, text: string): StyledLine {
  return [{ text, tone }];
}

export function lineText(line: StyledLine): string {
  return line.map(({ text }) => text).join('');
}

export function lineWidth(line: StyledLine): number {
  return stringWidth(lineText(line));
}

/** A line for each row that a text takes in `width` columns; those after the first are indented. */
export function wrapped(
  text: string,
  width: number,
  indent = '',
  tone: Tone = 'plain',
): StyledLine[] {
  const [first = ''] = wrapAll(text, width);
  const rest = text.slice(first.length).trimStart();
  const others = rest === '' ? [] : wrapAll(rest, width - indent.length);
  return [toned(tone, first), ...others.map((line) => toned(tone, indent + line))];
}

const PIECE_GAP: Span = { text: '  ', tone: 'plain' };

/** As many pieces a line as fit into `width` columns, two blanks apart. */
export function filledLines(pieces: readonly StyledLine[], width: number): StyledLine[] {
  const lines: StyledLine[] = [];
  for (const piece of pieces) {
    const longer = [...(lines.at(-1) ?? []), PIECE_GAP, ...piece];
    if (lines.length > 0 && lineWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(piece);
  }
  return lines;
}

/** Puts two blocks side by side, `gap` columns apart. */
export function sideBySide(
  left: readonly StyledLine[],
  right: readonly StyledLine[],
  gap: number,
): StyledLine[] {
  const width = Math.max(0, ...left.map(lineWidth)) + gap;
  return Array.from({ length: Math.max(left.length, right.length) }, (_, row) => {
    const line = left[row] ?? [];
    const beside = right[row] ?? [];
    if (beside.length === 0) return line;
    return [...line, { text: ' '.repeat(width - lineWidth(line)), tone: 'plain' }, ...beside];
  });
}
