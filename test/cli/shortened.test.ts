import { expect, test } from 'vitest';
import { shortened } from '../../src/cli/shortened.ts';

test('a sentence stays whole up to a thousand characters, and keeps its start and end beyond', () => {
  const longest = 'x'.repeat(1000);
  expect(shortened(longest)).toBe(longest);
  const cut = shortened(`cannot record to ${'x'.repeat(100_000)}: the name is too long.`);
  expect(cut).toMatch(/^cannot record to x+…x+: the name is too long\.$/);
  expect(cut).toHaveLength(1001);
});
