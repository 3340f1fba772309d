import { InvalidArgumentError } from 'commander';
import { describe, expect, test } from 'vitest';
import {
  oneMore,
  parseLowerBound,
  parseRangeOption,
  parseTimeout,
} from '../../src/cli/check-options.ts';
import { parseListen } from '../../src/cli/listen-address.ts';

test.for([
  ['120s', 120],
  ['2m', 120],
  ['120', 120],
  ['120:', 120],
  ['1.5', 1.5],
  ['500ms:', 0.5],
  ['0', 0],
] as const)('a lower bound of %s is %f s', ([text, seconds]) => {
  expect(parseLowerBound(text)).toBe(seconds);
});

test.for([
  ['10s', 10_000],
  ['10', 10_000],
  ['0.5', 500],
  ['1m', 60_000],
] as const)('a timeout of %s is %d ms', ([text, durationMs]) => {
  expect(parseTimeout(text)).toBe(durationMs);
});

test.for<[string, (text: string) => unknown, string[]]>([
  ['a range', parseRangeOption, ['', '20:10', 'x']],
  ['a lower bound', parseLowerBound, ['', ':', '120:240', '~:3', '-1', 'soon', '@10']],
  ['a timeout', parseTimeout, ['', '0', '-1', '10:', '25d']],
  [
    'an address',
    parseListen,
    [
      '',
      '19717',
      'x',
      ':',
      ':x',
      '127.0.0.1',
      '127.0.0.1:',
      '::1:80',
      '[::1]',
      '[127.0.0.1]:80',
      ':65536',
      'a b:80',
      '[]:80',
    ],
  ],
])('not %s', ([, parse, texts]) => {
  for (const text of texts) expect(() => parse(text), `"${text}"`).toThrow(InvalidArgumentError);
});

describe('an address to listen on', () => {
  test.for([
    [':19717', undefined, 19_717],
    ['0.0.0.0:0', '0.0.0.0', 0],
    ['[::1]:1', '::1', 1],
    ['[fe80::1%eth0]:65535', 'fe80::1%eth0', 65_535],
    ['localhost:80', 'localhost', 80],
  ] as const)('%s', ([text, host, port]) => {
    expect(parseListen(text)).toEqual({ host, port });
  });
});

test('-v is counted', () => {
  expect(oneMore('')).toBe(1);
  expect(oneMore('', 2)).toBe(3);
});

test.for([
  ['10-20', '10:20'],
  ['10..20', '10:20'],
  ['10\u201320%', '10:20%'],
  ['@10-20', '@10:20'],
  ['75,5%', '75.5%'],
  ['20:10', '10:20'],
  ['@20:10', '@10:20'],
] as const)('for the range %s, %s was meant', ([text, meant]) => {
  expect(() => parseRangeOption(text)).toThrow(new RegExp(` Did you mean ${meant}\\?$`));
});

test.for(['x', '', '10:x', '>75'])('for the range %j there is no guess', (text) => {
  expect(() => parseRangeOption(text)).toThrow(/or @10:20\.$/);
});
