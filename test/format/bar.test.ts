import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barCells } from '../../src/format/bar.ts';

const ports = fc.record({
  liveUsed: fc.nat(30_000),
  timeWaitUsed: fc.nat(30_000),
  reusable: fc.nat(30_000),
  free: fc.nat(30_000),
});
const groups = ports.map(({ free, ...group }) => ({
  ...group,
  usable: group.liveUsed + group.timeWaitUsed + group.reusable + free,
}));
const widths = fc.nat(200);

describe('barCells', () => {
  it.each([
    // live, TIME_WAIT, reusable of usable; width → cells
    [0, 0, 0, 100, 10, [0, 0, 0, 10]],
    [50, 0, 0, 100, 10, [5, 0, 0, 5]],
    [20, 30, 40, 100, 10, [2, 3, 4, 1]],
    [100, 0, 0, 100, 10, [10, 0, 0, 0]],
    [0, 100, 0, 100, 10, [0, 10, 0, 0]],
    [1, 0, 0, 28_231, 10, [1, 0, 0, 9]],
    [1, 1, 1, 28_231, 10, [1, 1, 1, 7]],
    [0, 0, 99, 100, 10, [0, 0, 9, 1]], // one is left: it shows
    [0, 0, 100, 100, 10, [0, 0, 10, 0]],
    [0, 0, 0, 0, 10, [0, 0, 0, 10]], // no usable port at all
    [5, 5, 5, 20, 0, [0, 0, 0, 0]],
    [55, 0, 0, 100, 10, [5, 0, 0, 5]], // rounded down
    [996, 0, 0, 1000, 10, [9, 0, 0, 1]],
    [0, 28_230, 0, 28_231, 200, [0, 199, 0, 1]],
    [1, 1, 1, 4, 3, [1, 1, 0, 1]], // no room for all: what connect() would take over is left out
    [1, 1, 1, 4, 2, [1, 0, 0, 1]],
    [3, 0, 0, 4, 1, [0, 0, 0, 1]],
    [0, 0, 0, 3, 1, [0, 0, 0, 1]],
    [3, 0, 0, 3, 1, [1, 0, 0, 0]],
  ])(
    '%i live, %i TIME_WAIT, %i reusable of %i on %i cells',
    (live, tw, reused, usable, width, expected) => {
      const group = { liveUsed: live, timeWaitUsed: tw, reusable: reused, usable };
      const cells = barCells(group, width);
      expect([cells.live, cells.timeWait, cells.reusable, cells.free]).toEqual(expected);
    },
  );

  it('adds up to the width, and no part is negative or broken', () => {
    fc.assert(
      fc.property(groups, widths, (group, width) => {
        const parts = Object.values(barCells(group, width));
        expect(parts.reduce((sum, cells) => sum + cells, 0)).toBe(width);
        for (const cells of parts) {
          expect(cells).toBeGreaterThanOrEqual(0);
          expect(Number.isInteger(cells)).toBe(true);
        }
      }),
    );
  });

  it('never has more ink than there is, except for the first cell of a part', () => {
    fc.assert(
      fc.property(groups, widths, (group, width) => {
        const { liveUsed, timeWaitUsed, reusable, usable } = group;
        fc.pre(usable > 0 && width > 1);
        const { live, timeWait, reusable: reused, free } = barCells(group, width);
        const taken = liveUsed + timeWaitUsed + reusable;
        const parts = [liveUsed, timeWaitUsed, reusable].filter((count) => count > 0).length;
        const drawn = live + timeWait + reused;
        expect(drawn).toBeLessThanOrEqual(Math.max(parts, (taken / usable) * width + 1e-9));
        expect(drawn > 0).toBe(taken > 0);
        expect(free > 0).toBe(taken < usable);
      }),
    );
  });

  it('never has more ink after one port is given back', () => {
    fc.assert(
      fc.property(groups, fc.integer({ min: 4, max: 200 }), (group, width) => {
        fc.pre(group.timeWaitUsed > 0);
        const ink = (timeWaitUsed: number) =>
          width - barCells({ ...group, timeWaitUsed }, width).free;
        expect(ink(group.timeWaitUsed - 1)).toBeLessThanOrEqual(ink(group.timeWaitUsed));
      }),
    );
  });

  it('gives what is not there no cell', () => {
    fc.assert(
      fc.property(groups, widths, (group, width) => {
        const cells = barCells(group, width);
        expect(group.liveUsed > 0 || cells.live === 0).toBe(true);
        expect(group.timeWaitUsed > 0 || cells.timeWait === 0).toBe(true);
        expect(group.reusable > 0 || cells.reusable === 0).toBe(true);
      }),
    );
  });

  it('gives what is there a cell, where there are cells enough, the free ports included', () => {
    fc.assert(
      fc.property(groups, widths, (group, width) => {
        const { liveUsed, timeWaitUsed, reusable, usable } = group;
        const parts = [
          liveUsed,
          timeWaitUsed,
          reusable,
          usable - liveUsed - timeWaitUsed - reusable,
        ];
        fc.pre(usable > 0 && parts.filter((count) => count > 0).length <= width);
        const { live, timeWait, reusable: reused, free } = barCells(group, width);
        expect([live, timeWait, reused, free].map((cells) => cells > 0)).toEqual(
          parts.map((count) => count > 0),
        );
      }),
    );
  });
});
