import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringWidth } from '../../src/format/string-width.ts';
import { timeLine } from '../../src/format/time-line.ts';
import type { Turn } from '../../src/model/playback.ts';
import { TURNING_KINDS } from '../../src/model/report/turning-points.ts';

const turn = (kind: Turn['kind'], elapsedMs: number): Turn => ({
  kind,
  elapsedMs,
  index: 0,
  atMs: elapsedMs,
});

const text = (points: readonly Turn[], elapsedMs: number, columns = 32, share = 1) => {
  const line = timeLine({ elapsedMs, durationMs: 100_000, turns: { points, share } }, columns);
  return line && `${line.before}[${line.here}]${line.after}`;
};

test('a letter for each turning point, and the place that is shown', () => {
  const points = [turn('warning', 10_000), turn('exhaustion', 50_000), turn('recovery', 99_999)];
  expect(text(points, 20_000)).toBe(' 0:00 ──W─[─]─────E────────O 1:40 ');
  expect(text(points, 50_000)).toBe(' 0:00 ──W───────[E]────────O 1:40 ');
});

test.each([
  [['warning', 'critical'], 'C'],
  [['exhaustion', 'refusal'], 'E'],
  [['sysctl', 'recovery'], 'O'],
] as const)('of %j in one cell it is %s', (kinds, letter) => {
  expect(
    text(
      kinds.map((kind) => turn(kind, 50_000)),
      0,
    )?.replace(/[^A-Z]/g, ''),
  ).toBe(letter);
});

test('while it is looked through, it says how far', () => {
  expect(text([], 0, 60, 0.439)).toContain('looked through 43%');
});

test('without room there is none', () => {
  expect(text([], 0, 21)).toBeUndefined();
  expect(text([], 0, 22)).toBeDefined();
});

test('fills the width exactly, whatever is on it', () => {
  const at = fc.double({ min: -1e9, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 40, max: 300 }),
      at,
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      fc.array(fc.tuple(fc.constantFrom(...TURNING_KINDS), at)),
      (columns, elapsedMs, durationMs, all) => {
        const points = all.map(([kind, ms]) => turn(kind, ms));
        const line = timeLine({ elapsedMs, durationMs, turns: { points, share: 1 } }, columns);
        expect(stringWidth(`${line?.before}${line?.here}${line?.after}`)).toBe(columns);
      },
    ),
  );
});
