import * as original from '@alcalzone/ansi-tokenize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  styledCharsFromTokens,
  styledCharsToString,
  tokenize,
} from '../../src/terminal/styled-chars.ts';

const CODES = ['0', '1', '2', '22', '4', '24', '7', '27', '31', '91', '39', '44', '49', '38;5;9'];
const link = (url: string) => `\u001B]8;;${url}\u0007`;

/** Texts with styles that overlap, end, and follow each other in every way. */
const styledText = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...CODES).map((code) => `\u001B[${code}m`) },
      { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 4 }) },
      { weight: 1, arbitrary: fc.constantFrom(link('https://a.example'), link(''), '漢', '\n') },
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

const cellsOf = (text: string) => styledCharsFromTokens(tokenize(text));
const originalCellsOf = (text: string) => original.styledCharsFromTokens(original.tokenize(text));

test('cells and lines are those of the package', () => {
  fc.assert(
    fc.property(styledText, (text) => {
      expect(cellsOf(text)).toEqual(originalCellsOf(text));
      expect(styledCharsToString(cellsOf(text))).toBe(
        original.styledCharsToString(originalCellsOf(text)),
      );
    }),
  );
});

test('lines of cells of several texts are those of the package', () => {
  const blank = (): original.StyledChar => ({
    type: 'char',
    value: ' ',
    fullWidth: false,
    styles: [],
  });
  fc.assert(
    fc.property(fc.array(styledText), (texts) => {
      const line = texts.flatMap((text) => [blank(), ...cellsOf(text), blank()]);
      const itsLine = texts.flatMap((text) => [blank(), ...originalCellsOf(text), blank()]);
      expect(styledCharsToString(line)).toBe(original.styledCharsToString(itsLine));
    }),
  );
});

test('a text that was there before is not taken apart again', () => {
  const text = 'a\u001B[31mb\u001B[39m';
  expect(cellsOf(text)).toBe(cellsOf(text));
  expect(cellsOf('\u001B[31mb')[0]?.styles).toBe(cellsOf(text)[1]?.styles);
  for (let index = 0; index <= 250; index++) tokenize(`${index}`);
  const [before] = [cellsOf(text)];
  expect(before).toEqual(originalCellsOf(text));
});

test("an end character is the package's matter", () => {
  expect(tokenize('ab', 1)).toEqual(original.tokenize('ab', 1));
});
