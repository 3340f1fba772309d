import { describe, expect, it } from 'vitest';
import { parseCpuList } from '../../src/kernel/cpu-list.ts';

it.each([
  ['0\n', [0]],
  ['0-3\n', [0, 1, 2, 3]],
  ['0,2-3,8191', [0, 2, 3, 8191]],
])('reads %j', (text, cpus) => {
  expect(parseCpuList(text, 'online')).toEqual(cpus);
});

describe('refuses, and quotes', () => {
  it.each(['', 'all', '3-1', '0,', '-1', '0-8192', '1.5', '0-3:1/2', '99999'])('%j', (text) => {
    const last = text.split(',').at(-1) ?? '';
    expect(() => parseCpuList(text, 'online')).toThrow(
      `online: cannot read CPU numbers from "${last}"`,
    );
  });
});
