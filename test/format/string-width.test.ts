import fc from 'fast-check';
import referenceWidth from 'string-width';
import { describe, expect, it, test } from 'vitest';
import { stringWidth } from '../../src/format/string-width.ts';

const isSurrogate = (code: number) => code >= 0xd800 && code <= 0xdfff;
/** Letters that join to a syllable without being in its cluster; no name of a process has them. */
const isJamo = (code: number) =>
  (code >= 0x1100 && code <= 0x11ff) ||
  (code >= 0xa960 && code <= 0xa97c) ||
  (code >= 0xd7b0 && code <= 0xd7fb);

/** What the package takes to be laid over the letter before, and terminals draw beside it: the AM of Thai and Lao, skin tones. */
const isBeside = (code: number) =>
  code === 0xe33 || code === 0xeb3 || (code >= 0x1f3fb && code <= 0x1f3ff);

/** True if a cluster has several letters: the package counts the first one, terminals count all. */
function hasSeveralLetters(text: string): boolean {
  const letters = /[^\p{Mark}\p{Control}\p{Format}\p{Surrogate}]/gu;
  return [...new Intl.Segmenter().segment(text)].some(
    ({ segment }) =>
      !/\p{Extended_Pictographic}|\p{RI}/u.test(segment) &&
      (segment.match(letters)?.length ?? 0) > 1,
  );
}

test('each character is as wide as the package says', () => {
  const wrong: string[] = [];
  for (let code = 0; code <= 0x1_ffff; code++) {
    if (isSurrogate(code) || isBeside(code)) continue;
    const character = String.fromCodePoint(code);
    const text = `a${character}`;
    if (stringWidth(text) !== referenceWidth(text)) wrong.push(code.toString(16));
  }
  expect(wrong).toEqual([]);
});

describe('text', () => {
  it.each([
    ['', 0],
    ['10.0.3.7 → 10.0.9.21:8080', 25],
    ['██▓▓░░··┊', 9],
    ['▁▂▃▄▅▆▇█', 8],
    ['日本語', 6],
    ['e\u0301', 1],
    ['🐳 docker', 9],
    ['👩‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['❤️', 2],
    ['1️⃣', 2],
    ['\u001b[31mred\u001b[39m', 3],
    ['\u001b]0;title\u0007x', 1],
  ])('%j: %i', (text, width) => {
    expect(stringWidth(text)).toBe(width);
    expect(referenceWidth(text)).toBe(width);
  });

  it.each([
    // A conjunct and its vowel sign, in one cluster.
    ['\u0915\u094d\u0937\u093f', 3],
    ['\u0915\u094d\u0937\u0941', 2],
    ['\u1112\u1161\u11ab', 2],
    ['\u0e01\u0e33', 2],
  ])('%j, as terminals count it: %i', (text, width) => {
    expect(stringWidth(text)).toBe(width);
  });

  it('is as wide as the package says, whatever it is', () => {
    const unit = fc
      .oneof(
        fc.string({ unit: 'grapheme', maxLength: 3 }),
        fc.string({ unit: 'binary', maxLength: 3 }),
      )
      .filter((text) => ![...text].some((character) => isJamo(character.codePointAt(0) ?? 0)));
    fc.assert(
      fc.property(fc.array(unit), fc.boolean(), (parts, countAnsiEscapeCodes) => {
        const text = parts.join(' ');
        fc.pre(!hasSeveralLetters(text));
        const options = { countAnsiEscapeCodes };
        expect(stringWidth(text, options)).toBe(referenceWidth(text, options));
      }),
      { numRuns: 2000 },
    );
  });
});
