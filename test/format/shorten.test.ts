import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { fitPieces, shortenEnd, shortenMiddle } from '../../src/format/shorten.ts';

// Labels: addresses, arrows and host names, all of one column a character.
const columns = '0123456789abcdef.:[] →-'.split('');
const labels = fc.string({ unit: fc.constantFrom(...columns), maxLength: 90 });

describe('shortenMiddle', () => {
  it.each([
    ['10.0.3.7', 8, '10.0.3.7'],
    ['10.0.3.7', 7, '10.…3.7'],
    ['abcdefgh', 5, 'ab…gh'],
    ['abcdefgh', 4, 'ab…h'],
    ['世界世界世界', 5, '世…界'],
    ['abcdefgh', 1, '…'],
    ['abcdefgh', 0, ''],
    ['', 0, ''],
  ])('%j on %i', (text, width, short) => expect(shortenMiddle(text, width, '…')).toBe(short));

  it('is never wider than asked, and keeps both ends', () => {
    fc.assert(
      fc.property(labels, fc.nat(100), fc.constantFrom('…', '~'), (text, width, ellipsis) => {
        const short = shortenMiddle(text, width, ellipsis);
        expect(stringWidth(short)).toBe(Math.min(width, stringWidth(text)));
        if (short === text || width <= ellipsis.length + 1) return;
        const [head = '', tail = ''] = short.split(ellipsis);
        expect(text.startsWith(head) && text.endsWith(tail)).toBe(true);
      }),
    );
  });
});

it.each([
  ['10.0.3.7', 8, '10.0.3.7'],
  ['10.0.3.7', 5, '10.0…'],
  ['abc', 0, ''],
])('the end of %j is cut to fit %i', (text, width, short) => {
  expect(shortenEnd(text, width, '…')).toBe(short);
});

describe('fitPieces', () => {
  it.each([
    [['ab', 'cd', 'ef'], 8, 'ab cd ef'],
    [['ab', 'cd', 'ef'], 7, 'ab cd'],
    [['ab', 'a long one', 'ef'], 7, 'ab ef'],
    [['longer than asked', 'x'], 3, 'longer than asked'],
    [[], 10, ''],
  ])('%j on %i', (pieces, width, line) => expect(fitPieces(pieces, ' ', width)).toBe(line));
});
