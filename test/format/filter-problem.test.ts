import { expect, test } from 'vitest';
import { problemText } from '../../src/format/filter-problem.ts';
import { parseFilter } from '../../src/model/query/filter-words.ts';

test('a problem names the word and its place, and says what is right', () => {
  const expression = 'haproxy port:\u001b[2J';
  const { problem } = parseFilter(expression);
  expect(problem && problemText(problem, expression)).toBe(
    'word 2, "port:\\x1b[2J": write a port or a range: port:8080, port:8000-8100',
  );
});
