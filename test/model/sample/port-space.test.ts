import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  countByParity,
  HELD,
  mapPorts,
  measurePortSpace,
  RESERVED,
} from '../../../src/model/sample/port-space.ts';

const HIGHEST = 65_535;

/** At both ends of the port numbers, where a walk may begin and end within four of them. */
const ports = fc.oneof(
  fc.integer({ min: 1, max: 30 }),
  fc.integer({ min: HIGHEST - 30, max: HIGHEST }),
);
const ranges = fc
  .tuple(ports, ports)
  .map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));

test('ports are counted as one by one, whatever the range and its marks', () => {
  fc.assert(
    fc.property(
      ranges,
      fc.array(ranges, { maxLength: 3 }),
      fc.array(ports),
      (range, reserved, held) => {
        // The map may be of a wider range, as that of all ports is.
        const map = mapPorts({ range: { low: 1, high: HIGHEST }, reserved, warnings: [] }, held);
        const count = (isIn: (port: number, mark: number) => boolean) => {
          let sum = 0;
          for (let port = range.low; port <= range.high; port++)
            if (isIn(port, map[port] ?? 0)) sum++;
          return sum;
        };
        expect(countByParity(range, map)).toEqual({
          first: count((port, mark) => mark === 0 && port % 2 === range.low % 2),
          second: count((port, mark) => mark === 0 && port % 2 !== range.low % 2),
        });
        expect(measurePortSpace(range, map)).toMatchObject({
          reserved: count((_, mark) => (mark & RESERVED) !== 0),
          held: count((_, mark) => mark === HELD),
          usable: count((_, mark) => mark === 0),
        });
      },
    ),
    { numRuns: 30 },
  );
});
