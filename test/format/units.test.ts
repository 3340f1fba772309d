import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDurationMs } from '../../src/cli/options.ts';
import {
  formatCount,
  formatDuration,
  formatEta,
  formatInterval,
  formatPercent,
  formatRate,
  formatShortCount,
} from '../../src/format/units.ts';

describe('formatCount', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [28_231, '28,231'],
    [1_234_567.5, '1,234,568'],
  ])('%d → %s', (count, text) => expect(formatCount(count)).toBe(text));
});

describe('formatShortCount', () => {
  it.each([
    [0, '0'],
    [812, '812'],
    [999, '999'],
    [1000, '1.0k'],
    [1049, '1.0k'],
    [1050, '1.1k'],
    [27_912, '27.9k'],
    [99_949, '99.9k'],
    [99_950, '100k'],
    [131_072, '131k'],
    [999_499, '999k'],
    [999_950, '1.0M'],
    [1_000_000, '1.0M'],
    [9_949_999, '9.9M'],
    [99_950_000, '100M'],
  ])('%d → %s', (count, text) => expect(formatShortCount(count)).toBe(text));

  it('takes at most five characters below ten million, and never means another number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999_999 }), (count) => {
        const text = formatShortCount(count);
        expect(text.length).toBeLessThanOrEqual(5);
        const scale = text.endsWith('M') ? 1e6 : text.endsWith('k') ? 1e3 : 1;
        expect(Math.abs(parseFloat(text) * scale - count)).toBeLessThanOrEqual(count * 0.05);
      }),
    );
  });
});

describe('formatPercent', () => {
  it.each([
    [0, '0.0%'],
    [0.0001, '0.1%'],
    [0.04, '0.1%'],
    [0.1, '0.1%'],
    [4.36, '4.4%'],
    [50, '50.0%'],
    [99.94, '99.9%'],
    [99.97, '99.9%'],
    [99.9999, '99.9%'],
    [100, '100.0%'],
  ])('%d → %s', (percent, text) => expect(formatPercent(percent)).toBe(text));
});

describe('formatRate', () => {
  it.each([
    [0, '0'],
    [0.1, '0.1'],
    [0.35, '0.3'], // 0.35 is a little less in binary
    [1, '1.0'],
    [9.94, '9.9'],
    [9.95, '10'],
    [481.2, '481'],
    [1500, '1.5k'],
  ])('%d → %s', (rate, text) => expect(formatRate(rate)).toBe(text));
});

describe('formatDuration', () => {
  it.each([
    [0, 'less than 1 s'],
    [0.99, 'less than 1 s'],
    [1, '1 s'],
    [38.4, '38 s'],
    [59.99, '59 s'],
    [119.9, '119 s'],
    [120, '2 min 0 s'],
    [400, '6 min 40 s'],
    [3599.9, '59 min 59 s'],
    [3600, '1 h 0 min'],
    [7300, '2 h 1 min'],
    [86_400, '24 h 0 min'],
  ])('%d s → %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));
});

describe('formatEta', () => {
  it.each([
    [null, 'never'],
    [0, 'now'],
    [-1, 'now'],
    [0.5, '<1 s'],
    [1, '1 s'],
    [38.9, '38 s'],
    [119.9, '119 s'],
    [120, '2 min'],
    [5999, '99 min'],
    [7200, '2 h'],
    [86_400, '24 h'],
  ])('%j → %s', (seconds, text) => expect(formatEta(seconds)).toBe(text));
});

describe('formatInterval', () => {
  it.each([
    [50, '50ms'],
    [250, '250ms'],
    [1000, '1s'],
    [1500, '1500ms'],
    [90_000, '90s'],
    [120_000, '2m'],
    [3_540_000, '59m'],
    [3_600_000, '1h'],
    [5_400_000, '90m'],
  ])('%d → %s', (durationMs, text) => expect(formatInterval(durationMs)).toBe(text));

  it('writes what the command line takes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_600_000 }), (durationMs) => {
        expect(parseDurationMs(formatInterval(durationMs))).toBe(durationMs);
      }),
    );
  });
});
