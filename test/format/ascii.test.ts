import { expect, test } from 'vitest';
import { asciiText } from '../../src/format/ascii.ts';
import { escapedCharacter } from '../../src/kernel/foreign-text.ts';

test('our characters have replacements, those of others are left to the caller', () => {
  expect(asciiText('10.0.0.1 → a ≥3 é…', escapedCharacter)).toBe(
    String.raw`10.0.0.1 -> a >=3 \xe9~`,
  );
  expect(asciiText('日本', () => '?')).toBe('??');
});

test.for([
  ['é', String.raw`\xe9`],
  ['ÿ', String.raw`\xff`],
  ['Ā', String.raw`\u{100}`],
  ['😀', String.raw`\u{1f600}`],
] as const)('%s is written as %s', ([character, escaped]) => {
  expect(escapedCharacter(character)).toBe(escaped);
});
