import { expect, test } from 'vitest';
import { actionFor } from '../../src/ui/key-action.ts';
import { moreText } from '../../src/ui/text-scroll.ts';

test.each([
  ['↓ 1', false, '↓ 1 line'],
  ['↓ 2', false, '↓ 2 lines'],
  ['↓ 11', false, '↓ 11 lines'],
  ['↑ 1', true, '↑ 1 more line: j k PgDn PgUp'],
  ['↑ 1 ↓ 1', false, '↑ 1 ↓ 1 lines'],
  ['v 1', false, 'v 1 line'],
] as const)('%s, with the keys %j: %s', (mark, hasKeys, text) => {
  expect(moreText(mark, hasKeys)).toBe(text);
});

test.each([
  [1, 1],
  [2, 2],
  [3, 1],
] as const)('a text of %i lines at once is scrolled by %i', (page, by) => {
  const context = { pageRows: 5, rows: 12, text: { most: 7, page }, copyable: [] };
  for (const [key, sign] of [
    ['down', 1],
    ['k', -1],
  ] as const) {
    const action = actionFor(key, 'sysctl');
    expect(typeof action === 'function' && action(context)).toMatchObject({ by: sign * by });
  }
});
