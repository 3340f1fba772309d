import { expect, test } from 'vitest';
import { parseWholeNumber } from '../../src/kernel/conntrack.ts';

test.each([
  ['0\n', 0],
  ['262144\n', 262_144],
  [' 7 ', 7],
])('%j is %i', (text, number) => expect(parseWholeNumber(text, 'file')).toBe(number));

test.each(['', '\n', '-1', '1.5', '0x10', '1 2', 'many', '9'.repeat(400), '\u001b[2J'])(
  '%j is an error that quotes it',
  (text) => {
    expect(() => parseWholeNumber(text, '/proc/x')).toThrow(
      /\/proc\/x: cannot read a whole number/,
    );
  },
);
