import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PasteMarks } from '../../src/terminal/paste-marks.ts';

const START = '\x1b[200~';
const END = '\x1b[201~';

/** What becomes of text that is read in these pieces. */
const closed = (...pieces: string[]) => {
  const marks = new PasteMarks();
  return pieces.map((piece) => marks.closed(piece)).join('');
};

test('a paste ends where it begins, and all else stays as it is', () => {
  expect(closed(`j${START}10.0.9.${END}q`)).toBe(`j${START}${END}10.0.9.${END}q`);
  expect(closed('\x1b[A', '\x1b[20', 'x~')).toBe('\x1b[A\x1b[20x~');
});

test('wherever the read was cut', () => {
  const text = `\x1b${START}a${START}\x1b[2${START}00~`;
  const whole = closed(text);
  fc.assert(
    fc.property(fc.array(fc.nat(text.length)), (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
      const pieces = places.slice(1).map((place, index) => text.slice(places[index], place));
      expect(closed(...pieces)).toBe(whole);
    }),
  );
});
