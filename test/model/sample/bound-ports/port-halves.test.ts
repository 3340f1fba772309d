import { expect, test } from 'vitest';
import {
  PARTS,
  PortHalves,
  portHalves,
} from '../../../../src/model/sample/bound-ports/port-halves.ts';
import { RESERVED } from '../../../../src/model/sample/port-space.ts';

const RANGE = { low: 40_000, high: 40_899 };
const noPorts = () => new Uint8Array(65_536).fill(1);
function rangeMap(): Uint8Array {
  return noPorts().fill(0, RANGE.low, RANGE.high + 1);
}

test('the halves of one range and map are made once', () => {
  const halves = portHalves(RANGE, rangeMap());
  expect(portHalves({ ...RANGE }, rangeMap())).toBe(halves);
});

test('another range or map has halves of its own, a map that is changed later too', () => {
  const map = rangeMap();
  const halves = portHalves(RANGE, map);
  expect(portHalves({ ...RANGE, high: 40_898 }, map)).not.toBe(halves);
  expect(portHalves({ ...RANGE, low: 40_001 }, map).firstParity).toBe(1);
  const before = portHalves(RANGE, map);
  map[40_100] = RESERVED;
  const after = portHalves(RANGE, map);
  expect([before.usable(0), after.usable(0)]).toEqual([450, 449]);
  expect([before.isUsable(40_100), after.isUsable(40_100)]).toEqual([true, false]);
  expect([before.hasReserved, after.hasReserved]).toEqual([false, true]);
});

test('parts are numbered by half, and hold the usable ports of a part of the range', () => {
  const halves = new PortHalves(RANGE, rangeMap());
  const parts = [40_000, 40_001, 40_898, 40_899].map((port) => halves.partOf[port]);
  expect(parts).toEqual([0, PARTS, PARTS - 1, 2 * PARTS - 1]);
  const total = halves.usableOfPart.reduce((sum, count) => sum + count, 0);
  expect(total).toBe(900);
});
