import fc from 'fast-check';
import { expect, test } from 'vitest';
import { didYouMean, nearestWords } from '../../../src/model/query/nearest-word.ts';

const WORDS = ['snapshot', 'check', 'record', 'replay', 'eta', 'used', 'zsh', 'fish'];

test.for([
  ['snapshto', ['snapshot']],
  ['snap shot', ['snapshot']],
  ['Check', ['check']],
  ['chk', ['check']],
  ['reply', ['replay']],
  ['recod', ['record']],
  ['et', ['eta']],
  // Equally near.
  ['fsh', ['zsh', 'fish']],
  // Three errors of eight letters are typing errors, four are another word.
  ['snaps', ['snapshot']],
  ['snap', []],
  // At least half of a short word is right.
  ['ea', ['eta']],
  ['xa', []],
  ['', []],
  ['x'.repeat(100_000), []],
] as const)('%s: %j', ([word, nearest]) => {
  expect(nearestWords(word, WORDS)).toEqual(nearest);
});

test('the question names what is nearest', () => {
  expect(didYouMean('fsh', WORDS)).toBe(' Did you mean zsh or fish?');
  expect(didYouMean('bogus', WORDS)).toBe('');
  expect(didYouMean('check', [])).toBe('');
});

test('a word with one letter swapped, dropped or added is found among others', () => {
  const damaged = fc.tuple(fc.constantFrom(...WORDS), fc.nat(), fc.constantFrom(0, 1, 2));
  fc.assert(
    fc.property(damaged, ([word, nat, kind]) => {
      const at = nat % (word.length - 1);
      const swapped = [word.slice(0, at), word[at + 1], word[at], word.slice(at + 2)].join('');
      const dropped = word.slice(0, at) + word.slice(at + 1);
      const added = `${word.slice(0, at)}-${word.slice(at)}`;
      expect(nearestWords([swapped, dropped, added][kind] ?? '', WORDS)).toContain(word);
    }),
  );
});
