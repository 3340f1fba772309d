import type { Span, StyledLine, Tone } from './styled-line.ts';
import { formatShortCount } from './units.ts';

/** Columns of counts before and after now, over axes with labels. */
export interface Chart {
  readonly title: string;
  /** Left of the mark for now, the oldest first; undefined: not known. */
  readonly before: readonly (number | undefined)[];
  /** Right of it. */
  readonly after: readonly number[];
  /** The value at the top edge. */
  readonly top: number;
  /** Follows the numbers of the vertical axis. */
  readonly unit: string;
  /** Rows of the columns. */
  readonly height: number;
  /** Below the left end, and below the right end. */
  readonly labels: readonly [string, string];
  /** A label at a column; 0 is the first one right of now. */
  readonly event?: { readonly column: number; readonly text: string } | undefined;
  /** A value that the vertical axis marks by `CLIFF`. */
  readonly cliff?: number | undefined;
}

/** How the columns stand out; those after now may differ from each other. */
export interface ChartTones {
  readonly before: Tone;
  /** `column`: 0 for the first one right of now. */
  readonly after: Tone | ((column: number) => Tone);
}

/** The mark of the cliff, here and on the bars. */
export const CLIFF = '┊';

/** Eighths of a row. */
const STEPS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Columns of the screen left of the columns of a chart. */
export const CHART_AXIS_WIDTH = 8;

/** Draws a chart: its title, `height` rows, and a row of labels. */
export function chartLines(chart: Chart, tones: ChartTones): StyledLine[] {
  const { title, before, after, height, top } = chart;
  const rows = Array.from({ length: height }, (_, row): StyledLine => {
    const cells = (counts: readonly (number | undefined)[]) =>
      counts.map((count) => cell(count, top, height, row));
    return [
      { text: axisLabel(chart, row), tone: 'dim' },
      { text: cells(before).join(''), tone: tones.before },
      { text: '│', tone: 'dim' },
      ...tonedCells(cells(after), tones.after),
    ];
  });
  return [[{ text: title, tone: 'strong' }], ...rows, labelLine(chart)];
}

/** Cells as spans, one for each run of the same tone. */
function tonedCells(cells: readonly string[], tone: ChartTones['after']): Span[] {
  if (typeof tone === 'string') return [{ text: cells.join(''), tone }];
  const spans: Span[] = [];
  for (const [column, text] of cells.entries()) {
    const last = spans.at(-1);
    const own = tone(column);
    if (last?.tone === own) spans[spans.length - 1] = { text: last.text + text, tone: own };
    else spans.push({ text, tone: own });
  }
  return spans;
}

/** Tolerance for shares that should be whole. */
const ROUNDING = 1e-9;

/** Rounded down: only a column of the top value reaches the top. */
function cell(count: number | undefined, top: number, height: number, row: number): string {
  if (count === undefined || count <= 0 || top <= 0) return ' ';
  const share = Math.min(1, count / top);
  // Anything at all is seen in the lowest row.
  const eighths = Math.max(1, Math.floor(share * 8 * height + ROUNDING));
  const below = 8 * (height - 1 - row);
  return STEPS[Math.max(0, Math.min(8, eighths - below))] ?? ' ';
}

/** The numbers at the top, in the middle and at the bottom. */
function axisLabel({ top, unit, height, cliff }: Chart, row: number): string {
  const middle = Math.floor(height / 2);
  const value =
    row === 0
      ? top
      : row === middle && height >= 4
        ? (top * (height - middle)) / height
        : undefined;
  const text = value === undefined ? '' : axisText(value, unit);
  const isCliff = cliff !== undefined && row === rowOf(cliff, top, height);
  return `${text.padStart(AXIS_TEXT_WIDTH)} ${isCliff ? CLIFF : text === '' ? '│' : '┤'}`;
}

/** The row whose top edge is nearest to a value; undefined: none. */
function rowOf(value: number, top: number, height: number): number | undefined {
  if (value <= 0 || value > top) return undefined;
  return height - Math.max(1, Math.round((value / top) * height));
}

const AXIS_TEXT_WIDTH = CHART_AXIS_WIDTH - 2;

/** A small number is not rounded to another one; one that is too long leaves its decimal out. */
function axisText(value: number, unit: string): string {
  const isSmall = value < 10 && !Number.isInteger(value);
  const text = `${isSmall ? value.toFixed(1) : formatShortCount(value)}${unit}`;
  return text.length <= AXIS_TEXT_WIDTH ? text : text.replace(/\.\d/, '');
}

/** The labels of the horizontal axis, each in its place if there is room. */
function labelLine({ before, after, labels, event }: Chart): StyledLine {
  const [left, right] = labels;
  const width = before.length + 1 + after.length;
  const now = before.length;
  const cells: string[] = Array.from({ length: width }, () => ' ');
  const put = (text: string, at: number) => {
    const start = Math.max(0, Math.min(width - text.length, at));
    const isFree = cells
      .slice(Math.max(0, start - 1), start + text.length + 1)
      .every((c) => c === ' ');
    if (isFree && text.length <= width) cells.splice(start, text.length, ...text);
  };
  put('now', now - 1);
  if (event !== undefined) put(event.text, now + 1 + event.column);
  put(right, width - right.length);
  put(left, 0);
  const spans: Span[] = [
    { text: `${' '.repeat(CHART_AXIS_WIDTH - 1)}└`, tone: 'dim' },
    { text: cells.join(''), tone: 'plain' },
  ];
  return spans;
}
