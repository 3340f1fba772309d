import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_OWNERS } from '../../../src/kernel/socket-owners.ts';
import { NONE_BOUND, SURELY_BOUND } from '../../../src/model/sample/bound-ports/findings.ts';
import { FULL_RANGE, mapFullRange } from '../../../src/model/sample/full-range.ts';
import { OwnerTally } from '../../../src/model/sample/owners.ts';
import { mapPorts } from '../../../src/model/sample/port-space.ts';
import {
  partsOfHalf,
  PortUseCounter,
  type PortUseName,
} from '../../../src/model/sample/port-use.ts';
import { countRows } from '../../../src/model/sample/row-counts.ts';
import { findUnusual } from '../../../src/model/sample/unusual-ports.ts';
import { sortByTuple } from '../../../src/model/sample/sort-by-tuple.ts';
import { portsOf } from '../../../src/model/sample/tuple-rows.ts';
import { IPV4, NONE_LEFT_OUT, socketTable } from '../../helpers/sockets.ts';

/* Rows are counted many at a time; here one by one, as kernel-facts have it. */

const RANGE = { low: 40_000, high: 40_031 };
const RESERVED = { low: 40_004, high: 40_005 };
const HELD = 40_008;
const BOUND = 40_011;
const SECONDS = 60;

const timer = fc.oneof(
  fc.constantFrom(0, 1, 999, 1000, 57_999, 58_000, 58_500, 58_999, 59_000, 59_999, 60_000, 61_500),
  fc.integer({ min: 0, max: 60_000 }),
);
const socket = fc.record({
  localPort: fc.integer({ min: RANGE.low - 2, max: RANGE.high + 2 }),
  leftMs: fc.option(timer, { nil: undefined }),
});
type AnySocket = typeof socket extends fc.Arbitrary<infer Value> ? Value : never;

const isIn = (port: number, { low, high }: typeof RANGE) => port >= low && port <= high;
const isUsable = (port: number) => isIn(port, RANGE) && !isIn(port, RESERVED) && port !== HELD;

/** What each socket's port is to connect(). */
function useOf({ localPort, leftMs }: AnySocket, reusableFromAgeMs: number): PortUseName | 'none' {
  if (!isUsable(localPort)) return 'none';
  if (leftMs === undefined) return 'live';
  const isOld = localPort !== BOUND && SECONDS * 1000 - leftMs > reusableFromAgeMs;
  return isOld ? 'reusable' : 'timeWait';
}

function countOf<Item>(items: readonly Item[], isCounted: (item: Item) => boolean): number {
  return items.filter(isCounted).length;
}

test('many rows at a time give what each of them gives', () => {
  const ages = fc.constantFrom(0, 1, 1000, 1001, 1500, 2000, 60_000, Infinity);
  fc.assert(
    fc.property(
      fc.uniqueArray(socket, { maxLength: 36, selector: ({ localPort }) => localPort }),
      ages,
      fc.constantFrom(0, 1000, 1500, 2000),
      fc.boolean(),
      (sockets, reusableFromAgeMs, delayMs, isDrawn) => {
        const table = socketTable(
          sockets.map(({ localPort, leftMs }) => ({
            ...IPV4,
            localPort,
            remotePort: 8080,
            ...(leftMs !== undefined && { state: 'TIME_WAIT' as const, leftMs }),
          })),
        );
        if (sockets.length === 0) return;
        const portMap = mapPorts({ range: RANGE, reserved: [RESERVED], warnings: [] }, [HELD]);
        const fullRangeMap = mapFullRange(FULL_RANGE, [RESERVED], [HELD]);
        const marks = new Uint8Array(65536);
        marks[BOUND] = SURELY_BOUND;
        const bound = { ...NONE_BOUND, marks, certain: { first: 0, second: 1 } };
        const tuples = sortByTuple(table, NONE_LEFT_OUT);
        const drawing = isDrawn ? new PortUseCounter(RANGE, portMap, bound) : undefined;
        const counts = countRows(
          {
            sockets: table,
            tuples,
            portMap,
            fullRangeMap,
            unusual: findUnusual([portMap, fullRangeMap], bound),
            reuse: { mode: 1, delayMs, timestamps: true },
            timeWaitSeconds: SECONDS,
            firstParity: 0,
            bound,
            outsideMarks: new Uint8Array(65536),
            lostOutside: 0,
            owners: new OwnerTally(NO_OWNERS),
          },
          0,
          reusableFromAgeMs,
          drawing,
        );

        const uses = sockets.map((each) => ({ ...each, use: useOf(each, reusableFromAgeMs) }));
        const isFirst = ({ localPort }: AnySocket) => localPort % 2 === 0;
        const closed = sockets.flatMap(({ leftMs }) => leftMs ?? []);
        const isReused = ({ localPort, leftMs }: AnySocket) =>
          leftMs !== undefined &&
          isIn(localPort, RANGE) &&
          localPort !== BOUND &&
          SECONDS * 1000 - leftMs > reusableFromAgeMs;
        expect(counts).toMatchObject({
          liveUsed: countOf(uses, ({ use }) => use === 'live'),
          timeWaitUsed: countOf(uses, ({ use }) => use === 'timeWait'),
          reusable: countOf(uses, ({ use }) => use === 'reusable'),
          firstHalfUsed: countOf(
            uses,
            (each) => isFirst(each) && ['live', 'timeWait'].includes(each.use),
          ),
          firstHalfReusable: countOf(uses, (each) => isFirst(each) && each.use === 'reusable'),
          overdue: countOf(closed, (leftMs) => leftMs === 0),
          fullRangeUsed: countOf(
            sockets,
            (each) => !isIn(each.localPort, RESERVED) && each.localPort !== HELD && !isReused(each),
          ),
          reservedUsed: countOf(
            sockets,
            (each) => isIn(each.localPort, RESERVED) && !isReused(each),
          ),
          freedByReuse: countOf(
            uses,
            ({ use, localPort, leftMs }) =>
              use === 'timeWait' && localPort !== BOUND && SECONDS * 1000 - (leftMs ?? 0) > delayMs,
          ),
          boundSecond: countOf(sockets, ({ localPort }) => localPort === BOUND),
        });
        expect(counts.outside.count).toBe(
          countOf(sockets, ({ localPort }) => !isIn(localPort, RANGE)),
        );
        expect(counts.byState[6]).toBe(closed.length);
        expect(counts.schedule).toEqual(
          Array.from({ length: SECONDS }, (_, second) =>
            countOf(
              closed,
              (leftMs) => Math.min(SECONDS - 1, Math.floor(leftMs / 1000)) === second,
            ),
          ),
        );
        if (drawing === undefined) return;
        const drawn = drawing.finish(portsOf(tuples, 0));
        const parts = ([0, 1] as const).flatMap((half) => partsOfHalf(drawn, RANGE, half, 256));
        for (const name of ['live', 'timeWait', 'reusable'] as const)
          expect(parts.reduce((sum, part) => sum + part.counts[name], 0)).toBe(
            countOf(uses, ({ use }) => use === name),
          );
      },
    ),
    { numRuns: 500 },
  );
});
