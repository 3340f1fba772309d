import * as original from '@alcalzone/ansi-tokenize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BLANK,
  linesOf,
  styledCharsToString,
  visibleCells,
} from '../../src/terminal/styled-chars.ts';

const CODES =
  '0 1 2 22 4 24 7 27 31 91 39 44 49 58;5;3 59 38;5;9 38;2;1;2;3 48;2;1;2;3 1;3;31 38 999'
    .split(' ')
    .concat('');
const link = (url: string) => `\u001B]8;;${url}\u0007`;

/** Texts with styles that overlap, end, and follow each other in every way. */
const styledText = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...CODES).map((code) => `\u001B[${code}m`) },
      { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 4 }) },
      { weight: 3, arbitrary: fc.constantFrom('█▏░', 'é', '⣿', '→', 'a b', '¡', '·', '…') },
      { weight: 1, arbitrary: fc.constantFrom(link('https://a.example'), link(''), '漢', '\n') },
      {
        weight: 1,
        arbitrary: fc.constantFrom('\u00AD', '\u200B', '\u001B[?25l', '\u001B', '👩‍👩‍👧', 'e\u0301'),
      },
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

/** What Ink makes of a text, without what the build puts in its place. */
const originalCellsOf = (text: string) =>
  original
    .styledCharsFromTokens(original.tokenize(text))
    .filter(({ value }) => !/^\p{Default_Ignorable_Code_Point}+$/u.test(value));

function originalLinesOf(text: string): string[] {
  const lines: original.StyledChar[][] = [[]];
  for (const cell of originalCellsOf(text))
    if (cell.value === '\n') lines.push([]);
    else lines.at(-1)?.push(cell);
  return lines.map((line) => original.styledCharsToString(line));
}

test('cells and lines are those that Ink makes', () => {
  fc.assert(
    fc.property(styledText, (text) => {
      expect(visibleCells(text)).toEqual(originalCellsOf(text));
      expect(linesOf(text)).toEqual(originalLinesOf(text));
      expect(styledCharsToString(visibleCells(text))).toBe(
        original.styledCharsToString(originalCellsOf(text)),
      );
    }),
    { numRuns: 1000 },
  );
});

test('each character of those that are one cell each is one, beside any other of them', () => {
  const codes = Array.from({ length: 0x2900 - 0xa0 }, (_, index) => 0xa0 + index);
  const characters = codes.map((code) => String.fromCharCode(code));
  for (const character of characters) {
    const text = `x${character}█${character}`;
    expect([character, visibleCells(text)]).toEqual([character, originalCellsOf(text)]);
  }
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
      const line = texts.flatMap((text) => [BLANK, ...visibleCells(text), BLANK]);
      const itsLine = texts.flatMap((text) => [blank(), ...originalCellsOf(text), blank()]);
      expect(line).toEqual(itsLine);
      expect(styledCharsToString(line)).toBe(original.styledCharsToString(itsLine));
    }),
  );
});

test('a text that was there before is not taken apart again, and equal cells are one', () => {
  const text = 'a\u001B[31mb\u001B[39m';
  expect(visibleCells(text)).toBe(visibleCells(text));
  expect(linesOf(text)).toBe(linesOf(text));
  expect(visibleCells('\u001B[31mb')[0]).toBe(visibleCells(text)[1]);
  expect(visibleCells('漢\u001B[31mb')[1]?.styles).toBe(visibleCells(text)[1]?.styles);
});

test('more styles than are kept are no other ones', () => {
  // As those of a theme with gradients, beside and within each other.
  const texts = Array.from(
    { length: 600 },
    (_, index) =>
      `a\u001B[1m\u001B[38;2;0;${index % 256};${index}mb█\u001B[4mc\u001B[24m\u001B[39md`,
  );
  for (const text of [...texts, ...texts]) {
    expect(visibleCells(text)).toEqual(originalCellsOf(text));
    expect(linesOf(text)).toEqual(originalLinesOf(text));
  }
});
