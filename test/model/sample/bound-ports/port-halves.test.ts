import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  NO_PART,
  PARTS,
  PortHalves,
  portHalves,
} from '../../../../src/model/sample/bound-ports/port-halves.ts';
import { bitOf, wordOf } from '../../../../src/model/sample/port-bits.ts';
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

// Fewer ports than parts, one half alone, and holes at either end of the range.
const range = fc
  .tuple(fc.integer({ min: 1, max: 64_000 }), fc.integer({ min: 0, max: 1500 }))
  .map(([low, more]) => ({ low, high: low + more }));
const holes = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(40)));

test('each port is in the half and part of its place, unless it is not usable', () => {
  fc.assert(
    fc.property(range, holes, fc.boolean(), ({ low, high }, lost, isOneHalfLost) => {
      const size = high - low + 1;
      const map = noPorts().fill(0, low, high + 1);
      for (const [place, count] of lost) {
        const from = low + Math.floor(place * size);
        map.fill(RESERVED, from, Math.min(high + 1, from + count));
      }
      if (isOneHalfLost) for (let port = low; port <= high; port += 2) map[port] = RESERVED;
      const halves = new PortHalves({ low, high }, map);
      const usableOfPart = new Uint32Array(2 * PARTS);
      const below = [0, 0];
      for (let port = 0; port < 65_536; port++) {
        const isUsable = map[port] === 0;
        const half = halves.halfOf(port);
        const part = half * PARTS + Math.floor(((port - low) * PARTS) / size);
        if (halves.partOf[port] !== (isUsable ? part : NO_PART))
          expect.unreachable(`part of ${port}`);
        const hasBit = ((halves.usableBits[wordOf(port)] ?? 0) & bitOf(port)) !== 0;
        if (hasBit !== isUsable) expect.unreachable(`bit of ${port}`);
        if (!isUsable) continue;
        usableOfPart[part] = (usableOfPart[part] ?? 0) + 1;
        below[half] = (below[half] ?? 0) + 1;
        if (halves.usable(half, 0, port) !== below[half]) expect.unreachable(`below ${port}`);
      }
      expect(halves.usableOfPart).toEqual(usableOfPart);
      expect([halves.usable(0), halves.usable(1)]).toEqual(below);
    }),
    { numRuns: 60, examples: [[{ low: 1, high: 1 }, [], false]] },
  );
});
