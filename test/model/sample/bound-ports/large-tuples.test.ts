import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NONE_BOUND } from '../../../../src/model/sample/bound-ports/findings.ts';
import { Collector } from '../../../../src/model/sample/bound-ports/evidence.ts';
import { PortHalves } from '../../../../src/model/sample/bound-ports/port-halves.ts';
import {
  countHalves,
  NONE_KNOWN,
  type Rows,
  sourcesWithSecond,
} from '../../../../src/model/sample/bound-ports/rows.ts';
import { NO_OWNERS } from '../../../../src/kernel/socket-owners.ts';
import { OwnerTally } from '../../../../src/model/sample/owners.ts';
import { mapPorts, type PortMap } from '../../../../src/model/sample/port-space.ts';
import { PortUseCounter } from '../../../../src/model/sample/port-use.ts';
import { countRows } from '../../../../src/model/sample/row-counts.ts';
import { sortByTuple } from '../../../../src/model/sample/sort-by-tuple.ts';
import type { TupleRows } from '../../../../src/model/sample/tuple-rows.ts';
import { findUnusual } from '../../../../src/model/sample/unusual-ports.ts';
import { NONE_LEFT_OUT, socketTable, type TestSocket } from '../../../helpers/sockets.ts';

/* The ports of large tuples are counted as sets; here, the same tuples are counted row by row as well. */

const LARGE = 4096;

/** Numbers that come again with their seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const situation = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  low: fc.constantFrom(32_768, 32_769, 50_000),
  sizes: fc.array(fc.constantFrom(1, 30, LARGE - 1, LARGE, 5000, 7000), {
    minLength: 1,
    maxLength: 4,
  }),
  /** Shares of the ports. */
  odd: fc.constantFrom(0, 0.01, 0.5, 0.99),
  live: fc.constantFrom(0, 0, 0.1, 1),
  withOption: fc.constantFrom(0, 0, 0.1),
  outside: fc.constantFrom(0, 0, 0.01),
  reserved: fc.constantFrom('none', 'some', 'nearly a half'),
});
type Situation = typeof situation extends fc.Arbitrary<infer Value> ? Value : never;

const HIGH = 60_999;

function socketsOf({ seed, low, sizes, odd, live, withOption, outside }: Situation): TestSocket[] {
  const random = numbers(seed);
  return sizes.flatMap((size, index) => {
    const own = new Set<number>();
    for (let tries = 0; own.size < size && tries < 20 * size; tries++) {
      const first = low & ~1;
      const even = first + 2 * Math.floor((random() * (HIGH - first)) / 2);
      const port = even + (random() < odd ? 1 : 0);
      own.add(random() < outside ? 2000 + (port % 1000) : port);
    }
    return Array.from(own, (localPort): TestSocket => ({
      local: '10.0.0.1',
      localPort,
      remote: '10.0.9.21',
      remotePort: 8000 + index,
      ...(random() < live
        ? { inode: localPort, bindAddressNoPort: random() < withOption }
        : { state: 'TIME_WAIT', leftMs: Math.floor(random() * 60_500) }),
    }));
  });
}

function mapOf({ low, reserved }: Situation): PortMap {
  const ranges = { none: [], some: [{ low: 51_000, high: 51_009 }], 'nearly a half': [] }[reserved];
  const held = reserved === 'nearly a half' ? 27_000 : 0;
  const odd = Array.from({ length: held / 2 }, (_, index) => 32_769 + 2 * index);
  return mapPorts({ range: { low, high: HIGH }, reserved: ranges, warnings: [] }, odd);
}

/** All that is found in tuples. */
function foundIn(
  tuples: TupleRows,
  sockets: Rows['sockets'],
  { low }: Situation,
  portMap: PortMap,
) {
  const range = { low, high: HIGH };
  const rows: Rows = {
    sockets,
    tuples,
    halves: new PortHalves(range, portMap),
    unreserved: () => new PortHalves(range, mapPorts({ range, reserved: [], warnings: [] }, [])),
    timeWaitSeconds: 60,
    reusableFrom: () => 1000,
    knownBound: NONE_KNOWN,
  };
  const counts = countHalves(rows);
  const collector = new Collector(rows, counts);
  const sources = sourcesWithSecond(rows, counts).map((source) => {
    const { groups, ...all } = collector.source(source);
    return {
      ...all,
      groups: groups.map(({ order, steps, hasNoPort, reusableFirst, ...group }) => ({
        ...group,
        order: order(),
        live: steps().liveSecond,
        hasNoPort: hasNoPort(),
        reusableFirst: reusableFirst(),
      })),
    };
  });
  const rowCounts = Array.from({ length: tuples.count }, (_, tuple) => {
    const drawing = new PortUseCounter(range, portMap, NONE_BOUND);
    const counted = countRows(
      {
        sockets,
        tuples,
        portMap,
        fullRangeMap: portMap,
        unusual: findUnusual([portMap], NONE_BOUND),
        reuse: { mode: 0, delayMs: 1000, timestamps: true },
        timeWaitSeconds: 60,
        firstParity: low & 1,
        bound: NONE_BOUND,
        outsideMarks: new Uint8Array(65_536),
        lostOutside: 0,
        owners: new OwnerTally(NO_OWNERS),
      },
      tuple,
      tuple % 2 === 0 ? Infinity : 2000,
      drawing,
    );
    return { counted, drawn: drawing.finish([]) };
  });
  return { counts, sources, rowCounts };
}

test('counted as sets, large tuples are what they are row by row', () => {
  let large = 0;
  fc.assert(
    fc.property(situation, (each) => {
      const sockets = socketTable(socketsOf(each));
      const tuples = sortByTuple(sockets, NONE_LEFT_OUT);
      for (let tuple = 0; tuple < tuples.count; tuple++)
        if (tuples.bitsOf(tuple) !== undefined) large++;
      const portMap = mapOf(each);
      const byRows = foundIn({ ...tuples, bitsOf: () => undefined }, sockets, each, portMap);
      expect(foundIn(tuples, sockets, each, portMap)).toEqual(byRows);
    }),
    { numRuns: 60 },
  );
  expect(large).toBeGreaterThan(10);
});

test('a tuple is large from 4096 ports on, of either parity, each counted once', () => {
  const ports = (count: number) =>
    Array.from({ length: count }, (_, index): TestSocket => ({
      local: '10.0.0.1',
      localPort: 40_000 + index,
      remote: '10.0.9.21',
      remotePort: 80,
    }));
  const bitsOf = (sockets: readonly TestSocket[]) =>
    sortByTuple(socketTable(sockets), NONE_LEFT_OUT).bitsOf(0);
  expect(bitsOf(ports(LARGE - 1))).toBeUndefined();
  const bits = bitsOf(ports(LARGE)) ?? [];
  expect(bits.filter((word) => word !== 0)).toHaveLength(LARGE / 32);
  expect(bitsOf([...ports(LARGE), ...ports(LARGE)])).toEqual(bits);
});

test('a tuple of which nothing is left is none, and what follows it has its own ports', () => {
  const many = Array.from({ length: LARGE }, (_, index): TestSocket => ({
    local: '10.0.0.1',
    localPort: 40_000 + index,
    remote: '10.0.9.21',
    remotePort: 80,
  }));
  const other: TestSocket = { ...many[0], local: '10.0.0.1', localPort: 50_000, remotePort: 81 };
  const leftOut = { ports: new Uint8Array(65_536).fill(1), has: (row: number) => row < LARGE };
  const tuples = sortByTuple(socketTable([...many, other]), leftOut);
  expect([tuples.count, tuples.bitsOf(0)]).toEqual([1, undefined]);
});
