import type { TupleGroup } from '../model/sample/tuple-group.ts';

/** Cells of a group's bar, left to right; they add up to the bar's width. */
export interface BarCells {
  readonly live: number;
  readonly timeWait: number;
  readonly reusable: number;
  readonly free: number;
}

/**
 * Splits a bar of `width` cells by a group's ports. The part in use is rounded down: a bar is full only if no port is
 * free. Each kind of port that is there has a cell, as far as there are enough: the last free port and the first one in
 * TIME_WAIT are what readers look for.
 */
export function barCells(
  group: Pick<TupleGroup, 'liveUsed' | 'timeWaitUsed' | 'reusable' | 'usable'>,
  width: number,
): BarCells {
  const { liveUsed, timeWaitUsed, reusable, usable } = group;
  if (usable <= 0) return { live: 0, timeWait: 0, reusable: 0, free: width };
  const ports = [liveUsed, timeWaitUsed, reusable];
  const used = liveUsed + timeWaitUsed + reusable;
  const kinds = ports.filter((count) => count > 0).length;
  const room = used < usable ? width - 1 : width;
  const whole = Math.floor((used / usable) * width);
  const drawn = Math.max(0, Math.min(room, Math.max(kinds, whole)));
  const [live = 0, timeWait = 0, reused = 0] = sharedOut(ports, drawn);
  return { live, timeWait, reusable: reused, free: width - live - timeWait - reused };
}

/** Shares cells out by counts, at least one for each count; if there are too few cells, to the first counts. */
function sharedOut(counts: readonly number[], cells: number): number[] {
  const all = counts.reduce((total, count) => total + count, 0);
  let sum = 0;
  const edges = counts.map((count) => (all === 0 ? 0 : Math.round(((sum += count) / all) * cells)));
  const shares = edges.map((edge, index) => edge - (edges[index - 1] ?? 0));
  for (const [index, count] of counts.entries()) {
    if (count <= 0 || shares[index] !== 0) continue;
    const most = Math.max(...shares);
    // With one cell each, a later count gives way.
    const giver = most > 1 ? shares.indexOf(most) : shares.lastIndexOf(1);
    if (most < 1 || (most === 1 && giver < index)) continue;
    shares[giver] = (shares[giver] ?? 0) - 1;
    shares[index] = 1;
  }
  return shares;
}
