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

  it('gives what is not there no cell', () => {
    fc.assert(
      fc.property(groups, widths, (group, width) => {
        const cells = barCells(group, width);
        if (group.liveUsed === 0) expect(cells.live).toBe(0);
        if (group.timeWaitUsed === 0) expect(cells.timeWait).toBe(0);
        if (group.reusable === 0) expect(cells.reusable).toBe(0);
      }),
    );
  });

  it('gives what is there a cell, as long as what stands left of it leaves one', () => {
    fc.assert(
      fc.property(groups, widths, (group, width) => {
        const { live, timeWait, reusable } = barCells(group, width);
        if (group.liveUsed > 0 && width > 0) expect(live).toBeGreaterThan(0);
        if (group.timeWaitUsed > 0 && live < width) expect(timeWait).toBeGreaterThan(0);
        if (group.reusable > 0 && live + timeWait < width) expect(reusable).toBeGreaterThan(0);
      }),
    );
  });

  it('does not move the live part because another one changed', () => {
    fc.assert(
      fc.property(groups, fc.nat(30_000), widths, (group, moved, width) => {
        const timeWaitUsed = Math.min(moved, group.usable - group.liveUsed);
        const other = { ...group, timeWaitUsed, reusable: 0 };
        expect(barCells(other, width).live).toBe(barCells(group, width).live);
      }),
    );
  });
});
