import { expect, test } from 'vitest';
import { MAYBE_BOUND, NONE_BOUND } from '../../../src/model/sample/bound-ports/findings.ts';
import { bitOf, wordOf } from '../../../src/model/sample/port-bits.ts';
import { findUnusual } from '../../../src/model/sample/unusual-ports.ts';

const mapOf = (...ports: number[]) => {
  const map = new Uint8Array(65_536);
  for (const port of ports) map[port] = 2;
  return map;
};
const ALL = Array.from({ length: 65_536 }, (_, port) => port);
const boundAt = (...ports: number[]) => {
  const marks = new Uint8Array(65_536);
  for (const port of ports) marks[port] = MAYBE_BOUND;
  return { ...NONE_BOUND, marks, possible: [ports.length, 0, 0] as const };
};

function portsOf(...[maps, bound]: Parameters<typeof findUnusual>): number[][] {
  const { marks, bits } = findUnusual(maps, bound);
  const inBits = (port: number) => ((bits()[wordOf(port)] ?? 0) & bitOf(port)) !== 0;
  return [ALL.filter((port) => marks[port] !== 0), ALL.filter(inBits)];
}

test('ports of any map, and bound ones, are marked, and in the set', () => {
  const maps = [mapOf(0, 1, 40_000), mapOf(1, 65_535)];
  const onMaps = [0, 1, 40_000, 65_535];
  expect(portsOf(maps, NONE_BOUND)).toEqual([onMaps, onMaps]);
  const all = [0, 1, 7, 40_000, 65_535];
  expect(portsOf(maps, boundAt(7, 40_000))).toEqual([all, all]);
  // What was bound the last time is forgotten.
  expect(portsOf(maps, NONE_BOUND)).toEqual([onMaps, onMaps]);
  expect(portsOf(maps, boundAt(9))[0]).toEqual([0, 1, 9, 40_000, 65_535]);
  expect(portsOf([mapOf(5)], NONE_BOUND)).toEqual([[5], [5]]);
});
