import type { TupleGroup } from '../model/tuple-group.ts';

/** Cells of a group's bar, left to right; they add up to the bar's width. */
export interface BarCells {
  readonly live: number;
  readonly timeWait: number;
  readonly reusable: number;
  readonly free: number;
}

/**
 * Splits a bar of `width` cells by a group's ports. The edges are rounded where they fall, so that a
 * part never moves because another one changed; what is there at all gets a cell, where there is room,
 * and so does what is left.
 */
export function barCells(
  group: Pick<TupleGroup, 'liveUsed' | 'timeWaitUsed' | 'reusable' | 'usable'>,
  width: number,
): BarCells {
  const { liveUsed, timeWaitUsed, reusable } = group;
  const usable = Math.max(1, group.usable);
  const edge = (ports: number) => Math.round((Math.min(ports, usable) / usable) * width);
  const atLeastOne = (cells: number, ports: number) => (ports > 0 ? Math.max(1, cells) : 0);
  const live = Math.min(width, atLeastOne(edge(liveUsed), liveUsed));
  const blocked = Math.min(
    width,
    live + atLeastOne(edge(liveUsed + timeWaitUsed) - live, timeWaitUsed),
  );
  const trulyFree = group.usable - liveUsed - timeWaitUsed - reusable;
  const reused = Math.min(
    width,
    blocked + atLeastOne(edge(liveUsed + timeWaitUsed + reusable) - blocked, reusable),
  );
  const filled = trulyFree > 0 && reused === width && blocked < width - 1 ? width - 1 : reused;
  return { live, timeWait: blocked - live, reusable: filled - blocked, free: width - filled };
}
