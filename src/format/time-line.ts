import type { Turns } from '../model/playback.ts';
import { TURNING_KINDS, type TurningKind } from '../model/report/turning-points.ts';
import { stringWidth } from './string-width.ts';
import { formatPlace } from './units.ts';

/** The letter of a turning point on the time line. */
const LETTERS: Readonly<Record<TurningKind, string>> = {
  sysctl: 'S',
  warning: 'W',
  critical: 'C',
  recovery: 'O',
  over: 'O',
  refusal: 'R',
  exhaustion: 'E',
};

/** A recording's time line in parts: the cell of the place that is shown stands apart. */
export interface TimeLine {
  readonly before: string;
  /** One cell. */
  readonly here: string;
  readonly after: string;
}

/** Narrower, it would be no line. */
const SMALLEST_LINE = 10;

/**
 * The time line of a recording in `columns` cells, with a letter for each turning point; of several in one cell the
 * weightiest. Undefined: there is no room.
 */
export function timeLine(
  at: { readonly elapsedMs: number; readonly durationMs: number; readonly turns: Turns },
  columns: number,
): TimeLine | undefined {
  const { elapsedMs, durationMs, turns } = at;
  const search = turns.share < 1 ? ` looked through ${Math.floor(turns.share * 100)}%` : '';
  const start = ' 0:00 ';
  const end = ` ${formatPlace(durationMs)}${search} `;
  const width = columns - stringWidth(start) - stringWidth(end);
  if (width < SMALLEST_LINE) return undefined;
  const cellOf = (ms: number) =>
    durationMs <= 0 ? 0 : Math.max(0, Math.min(width - 1, Math.floor((ms / durationMs) * width)));
  const kinds = new Map<number, TurningKind>();
  for (const { kind, elapsedMs: ms } of turns.points) {
    const cell = cellOf(ms);
    const before = kinds.get(cell);
    if (before === undefined || weight(kind) > weight(before)) kinds.set(cell, kind);
  }
  const cells = Array.from({ length: width }, (_, cell) => {
    const kind = kinds.get(cell);
    return kind === undefined ? '─' : LETTERS[kind];
  });
  const here = cellOf(elapsedMs);
  return {
    before: start + cells.slice(0, here).join(''),
    here: cells[here] ?? '─',
    after: cells.slice(here + 1).join('') + end,
  };
}

function weight(kind: TurningKind): number {
  return TURNING_KINDS.indexOf(kind);
}
