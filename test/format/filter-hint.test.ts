import fc from 'fast-check';
import { expect, test } from 'vitest';
import { problemLines } from '../../src/format/filter-hint.ts';

test('the line below the filter marks the wrong word, and says what is right on the side where it fits', () => {
  expect(problemLines('this', 3, 5, 40)).toEqual(['   ^^^^^ write this']);
  expect(problemLines('this', 34, 5, 40)).toEqual(['                       write this ^^^^^']);
  expect(problemLines('this', 8, 2, 21)).toEqual(['        ^^ write this']);
  expect(problemLines('this', 11, 2, 13)).toEqual(['write this ^^']);
});

test('where it fits on neither side, it has the lines to itself', () => {
  expect(problemLines('this', 8, 2, 20)).toEqual([' write this']);
  expect(problemLines('this', 10, 2, 13)).toEqual([' write this']);
  expect(problemLines('this and that', 3, 5, 16)).toEqual([' write this and', ' that']);
});

test('nothing of a hint is cut, and carets stand where the word does', () => {
  const column = fc.integer({ min: 0, max: 100 });
  const words = fc.array(fc.stringMatching(/^[a-z,]{1,9}$/), { minLength: 1 });
  fc.assert(
    fc.property(
      words,
      column,
      column,
      fc.integer({ min: 20, max: 120 }),
      (hint, start, marked, width) => {
        fc.pre(start < width);
        const lines = problemLines(hint.join(' '), start, marked, width);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
        const text = lines.join(' ').replaceAll('^', '').split(' ').filter(Boolean);
        expect(text).toEqual(['write', ...hint]);
        const carets = lines.join('\n').indexOf('^');
        expect([-1, start]).toContain(carets);
      },
    ),
  );
});
