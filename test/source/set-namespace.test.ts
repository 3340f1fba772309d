import { expect, test } from 'vitest';
import { howToEnter } from '../../src/source/set-namespace.ts';

test('without node:ffi no right helps to enter a network namespace, but a newer Node', () => {
  expect(howToEnter(false)).toBe(
    `that takes Node 26 or newer, and this is Node ${process.versions.node}`,
  );
  expect(howToEnter(true)).not.toContain('Node');
});
