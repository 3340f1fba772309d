import type { TupleGroup } from '../model/sample/tuple-group.ts';

/** Cells of a group's bar, left to right; they add up to the bar's width. */
export interface BarCells {
  readonly live: number;
  readonly timeWait: number;
  readonly reusable: number;
  readonly free: number;
}

/**
 * Splits a bar of `width` cells by a group's ports. Edges are rounded where they fall; a part that is
 * there and would get no cell takes one from the widest, as long as there are cells enough: the last
 * free port and the first one in TIME_WAIT are what one looks for.
 */
export function barCells(
  group: Pick<TupleGroup, 'liveUsed' | 'timeWaitUsed' | 'reusable' | 'usable'>,
  width: number,
): BarCells {
  const { liveUsed, timeWaitUsed, reusable, usable } = group;
  if (usable === 0) return { live: 0, timeWait: 0, reusable: 0, free: width };
  const ports = [liveUsed, timeWaitUsed, reusable, usable - liveUsed - timeWaitUsed - reusable];
  let sum = 0;
  const edges = ports.map((count) => Math.round(((sum += count) / usable) * width));
  const cells = edges.map((edge, part) => edge - (edges[part - 1] ?? 0));
  if (ports.filter((count) => count > 0).length <= width) {
    ports.forEach((count, part) => {
      if (count > 0 && cells[part] === 0) {
        const widest = cells.indexOf(Math.max(...cells));
        cells[widest] = (cells[widest] ?? 0) - 1;
        cells[part] = 1;
      }
    });
  }
  const [live = 0, timeWait = 0, reused = 0, free = 0] = cells;
  return { live, timeWait, reusable: reused, free };
}
