import { InvalidArgumentError } from 'commander';
import { describe, expect, it, test } from 'vitest';
import {
  choiceReader,
  parseCount,
  parseDurationMs,
  parseFilterOption,
  parseInterval,
  parseLength,
  parseShare,
} from '../../src/cli/options.ts';

describe('parseDurationMs', () => {
  it.each([
    ['250ms', 250],
    ['2s', 2000],
    ['1.5s', 1500],
    ['0.25s', 250],
    ['1m', 60_000],
    ['90s', 90_000],
    ['1h', 3_600_000],
    ['1.5h', 5_400_000],
    ['1d', 86_400_000],
    [' 2s ', 2000],
    ['0s', 0],
  ])('%j is %i ms', (text, durationMs) => expect(parseDurationMs(text)).toBe(durationMs));

  it.each([
    '',
    '250',
    's',
    '-1s',
    '1w',
    '1h30m',
    '1 s',
    '1s2',
    '.5s',
    '1.s',
    '1e3ms',
    '2S',
    '1m30s',
    'NaNs',
  ])('refuses %j and says what is right', (text) => {
    expect(() => parseDurationMs(text)).toThrow(InvalidArgumentError);
    expect(() => parseDurationMs(text)).toThrow(
      'Write a duration such as 250ms, 2s, 1m, 1h or 1d.',
    );
  });
});

describe('parseInterval', () => {
  it.each([
    ['50ms', 50],
    ['60m', 3_600_000],
    ['1h', 3_600_000],
  ])('takes %s', (text, intervalMs) => expect(parseInterval(text)).toBe(intervalMs));

  it.each(['49ms', '49.9ms', '0s', '61m', '3600001ms', '2h', '1d', `${'9'.repeat(400)}s`])(
    'refuses %s',
    (text) => {
      expect(() => parseInterval(text)).toThrow(InvalidArgumentError);
      expect(() => parseInterval(text)).toThrow('It must lie between 50ms and 1h.');
    },
  );
});

describe('parseLength', () => {
  it.each([
    ['1ms', 1],
    ['24d', 2_073_600_000],
    ['2147483647ms', 2_147_483_647],
  ])('takes %s', (text, lengthMs) => expect(parseLength(text)).toBe(lengthMs));

  it.each(['0s', '0.5ms', '25d', '2147483648ms'])('refuses %s', (text) => {
    expect(() => parseLength(text)).toThrow(InvalidArgumentError);
    expect(() => parseLength(text)).toThrow('more than 0, and at most 24d');
  });
});

describe('parseCount', () => {
  it.each([
    ['1', 1],
    ['999999999', 999_999_999],
  ])('takes %s', (text, count) => expect(parseCount(text)).toBe(count));

  it.each(['', '0', '-1', '1.5', '01', '1e3', 'x', ' 1', '1000000000'])('refuses %j', (text) => {
    expect(() => parseCount(text)).toThrow(InvalidArgumentError);
  });
});

describe('parseFilterOption', () => {
  it.each(['', 'dst:10.0.9. !owner:haproxy', '10.0.9.21:8080', 'eta<60s'])('takes %j', (text) =>
    expect(parseFilterOption(text)).toBe(text),
  );
  it.each(['dst:', 'a headroom<', '!', 'colour:red'])('refuses %j', (text) => {
    expect(() => parseFilterOption(text)).toThrow(InvalidArgumentError);
    expect(() => parseFilterOption(text)).toThrow(/^In word [12], ".*": write .*\.$/);
  });
});

describe('parseShare', () => {
  it.each([
    ['10%', 0.1],
    ['0.5%', 0.005],
    [' 100% ', 1],
  ])('takes %j', (text, share) => expect(parseShare(text)).toBeCloseTo(share, 10));
  it.each(['', '10', '0%', '-1%', '101%', '1e1%', '%', 'x%'])('refuses %j', (text) => {
    expect(() => parseShare(text)).toThrow(InvalidArgumentError);
    expect(() => parseShare(text)).toThrow('from 0.1% to 100%');
  });
});

test.each([
  ['5min', '5m'],
  ['1.5 Hours', '1.5h'],
  ['1,5s', '1.5s'],
  ['250 ms', '250ms'],
  ['2S', '2s'],
  ['1 day', '1d'],
  ['3 msec', '3ms'],
])('for the duration %j, %s was meant', (text, meant) => {
  expect(() => parseDurationMs(text)).toThrow(new RegExp(` Did you mean ${meant}\\?$`));
});

test.each(['250', 'soon', '1w', '5 fortnights', '1h30m', ''])(
  'for %j there is no guess',
  (text) => {
    expect(() => parseDurationMs(text)).toThrow(/1h or 1d\.$/);
  },
);

test('a choice that is none names all, and the one that was meant', () => {
  const read = choiceReader(['table', 'json']);
  expect(read('json')).toBe('json');
  expect(() => read('jsno')).toThrow('Allowed choices are table, json. Did you mean json?');
  expect(() => read('xml')).toThrow(/are table, json\.$/);
});
