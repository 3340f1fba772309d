import fc from 'fast-check';
import { expect, test } from 'vitest';
import { problemLine, problemText } from '../../src/format/filter-problem.ts';
import { parseFilter } from '../../src/model/query/filter-words.ts';

test('a problem names the word and its place, and says what is right', () => {
  const expression = 'haproxy port:\u001b[2J';
  const { problem } = parseFilter(expression);
  expect(problem && problemText(problem, expression)).toBe(
    'word 2, "port:\\x1b[2J": write a port or a range: port:8080, port:8000-8100',
  );
});

test('the line below the filter marks the wrong word, and says what is right on the side where it fits', () => {
  expect(problemLine('this', 3, 5, 40)).toBe('   ^^^^^ write this');
  expect(problemLine('this', 34, 5, 40)).toBe('                       write this ^^^^^');
  expect(problemLine('this', 8, 2, 12)).toBe('        ^^ write this');
});

test('the carets stand where the word does', () => {
  const column = fc.integer({ min: 0, max: 100 });
  fc.assert(
    fc.property(fc.string(), column, column, column, (hint, start, marked, width) => {
      const text = hint.replaceAll('^', '');
      expect(problemLine(text, start, marked, width).indexOf('^')).toBe(start);
    }),
  );
});
