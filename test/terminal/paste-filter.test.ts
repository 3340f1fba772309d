import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PASTE_ENDS_AFTER_MS, PasteFilter, type Piece } from '../../src/terminal/paste-filter.ts';
import { paste } from '../helpers/terminal-keys.ts';

const START = '\x1b[200~';

/** What becomes of text that is read in these pieces at once; keys side by side are joined. */
function read(...texts: string[]): Piece[] {
  const filter = new PasteFilter();
  return joined(texts.flatMap((text) => filter.push(text, 0)));
}

function joined(pieces: readonly Piece[]): Piece[] {
  const all: Piece[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    if (last !== undefined && 'keys' in last && 'keys' in piece)
      all[all.length - 1] = { keys: last.keys + piece.keys };
    else all.push(piece);
  }
  return all;
}

test('pastes are told from the keys around them, in their order', () => {
  expect(read(`j${paste('q\rS')}k${paste('')}`)).toEqual([
    { keys: 'j' },
    { paste: 'q\rS' },
    { keys: 'k' },
    { paste: '' },
  ]);
});

test.each(['\x1b', '\x1b[', '\x1b[A', '\x1b[20~', '\x1b[2~', '\x1b\x1b[B'])(
  '%j is a key, and not held back',
  (key) => {
    expect(read(key)).toEqual([{ keys: key }]);
  },
);

test('wherever the read was cut', () => {
  const text = `\x1b[2~a${paste('b\x1b[20c')}\x1b[200d${paste(START)}\x1b[Ae`;
  const whole = read(text);
  fc.assert(
    fc.property(fc.array(fc.nat(text.length)), (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
      const pieces = places.slice(1).map((place, index) => text.slice(places[index], place));
      // A mark that was cut behind Escape, or Escape and [, has given those away as keys.
      const keysOf = (all: readonly Piece[]) =>
        all.map((piece) => ('keys' in piece ? { keys: withoutEscape(piece.keys) } : piece));
      expect(keysOf(read(...pieces)).filter(isSomething)).toEqual(keysOf(whole));
    }),
  );
});

const withoutEscape = (keys: string) =>
  ['\x1b[', '\x1b'].reduce(
    (rest, end) => (rest.endsWith(end) ? rest.slice(0, -end.length) : rest),
    keys,
  );
const isSomething = (piece: Piece) => !('keys' in piece) || piece.keys !== '';

test('a paste without its end is over after a while, and Ctrl-C does not prolong it', () => {
  const filter = new PasteFilter();
  expect(filter.push(`${START}one `, 0)).toEqual([]);
  expect(filter.push('two', PASTE_ENDS_AFTER_MS - 1)).toEqual([]);
  const end = 2 * PASTE_ENDS_AFTER_MS - 1;
  expect(filter.push('\x03', end - 1)).toEqual([]);
  expect(filter.push('\x03\x03', end)).toEqual([{ paste: 'one two\x03' }, { keys: '\x03\x03' }]);
});

test('of a long paste the beginning is kept', () => {
  const [piece] = read(START, ...Array.from({ length: 20 }, () => 'x'.repeat(1000)), '\x1b[201~');
  expect(piece).toEqual({ paste: 'x'.repeat(10_000) });
});
