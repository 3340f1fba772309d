import { expect, test } from 'vitest';
import { isAfterGap } from '../../../src/model/report/sample-gaps.ts';
import { sampleOfSockets } from '../../helpers/sockets.ts';

/** Two samples so long apart, at an interval, in ms. */
function isGap(sinceMs: number, intervalMs: number, isDamaged: boolean, isThinned = false) {
  const sample = sampleOfSockets([], { takenAtMs: 1_000_000 });
  const pacing = { intervalMs, cpuShare: undefined };
  const later = {
    ...sample,
    takenAtMs: sample.takenAtMs + sinceMs,
    sampling: { ...sample.sampling, pacing },
  };
  return isAfterGap(sample, later, { isDamaged, isThinned });
}

// A damaged second costs the samples of a second.
test.each([
  { sinceMs: 10_000, intervalMs: 500, isDamaged: false, expected: false },
  { sinceMs: 10_001, intervalMs: 500, isDamaged: false, expected: true },
  { sinceMs: 15_000, intervalMs: 5000, isDamaged: false, expected: false },
  { sinceMs: 15_001, intervalMs: 5000, isDamaged: false, expected: true },
  { sinceMs: 1250, intervalMs: 250, isDamaged: true, expected: true },
  { sinceMs: 1100, intervalMs: 500, isDamaged: true, expected: false },
  { sinceMs: 1101, intervalMs: 500, isDamaged: true, expected: true },
  { sinceMs: 1800, intervalMs: 1000, isDamaged: true, expected: false },
  { sinceMs: 1801, intervalMs: 1000, isDamaged: true, expected: true },
])(
  '$sinceMs ms at an interval of $intervalMs ms, damaged: $isDamaged: a gap: $expected',
  ({ sinceMs, intervalMs, isDamaged, expected }) => {
    expect(isGap(sinceMs, intervalMs, isDamaged)).toBe(expected);
  },
);

test('where one sample a second is read, a second is no gap', () => {
  expect(isGap(1250, 250, true, true)).toBe(false);
  expect(isGap(2000, 250, true, true)).toBe(true);
});
