import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortByTuple } from '../../../src/model/sample/sort-by-tuple.ts';
import {
  LIVE,
  portsOf,
  rowOf,
  rowsOf,
  sizeOf,
  rowsOfParity,
  type TupleRows,
} from '../../../src/model/sample/tuple-rows.ts';
import {
  connections,
  IPV6,
  NONE_LEFT_OUT,
  socketTable,
  type TestSocket,
} from '../../helpers/sockets.ts';

const anySocket = fc.record({
  local: fc.constantFrom('10.0.0.1', '10.0.0.2', IPV6.local),
  localPort: fc.integer({ min: 40_000, max: 40_020 }),
  remotePort: fc.constantFrom(0, 80, 443),
  deviceIndex: fc.constantFrom(0, 0, 3),
  leftMs: fc.constantFrom(undefined, 0, 59_999),
  isLeftOut: fc.constantFrom(false, false, false, true),
});

type AnySocket = typeof anySocket extends fc.Arbitrary<infer Value> ? Value : never;

const asSocket = ({
  local,
  localPort,
  remotePort,
  deviceIndex,
  leftMs,
}: AnySocket): TestSocket => ({
  local,
  localPort,
  remote: local.includes(':') ? IPV6.remote : '10.0.9.21',
  remotePort,
  deviceIndex,
  ...(leftMs !== undefined && { state: 'TIME_WAIT' as const, leftMs }),
});

function leftOutPorts(sockets: readonly AnySocket[]): Uint8Array {
  const ports = new Uint8Array(65536);
  for (const { localPort, isLeftOut } of sockets) if (isLeftOut) ports[localPort] = 1;
  return ports;
}

/**
 * Row numbers by tuple, even ports first, then those on ports of which no row is left out, the first row of a port only; tuples
 * as they come.
 */
function expected(sockets: readonly AnySocket[]): number[][] {
  const keyOf = ({ local, remotePort, deviceIndex }: AnySocket) =>
    `${local} ${remotePort} ${deviceIndex}`;
  const rowsByKey = new Map(sockets.map((socket) => [keyOf(socket), [] as number[]]));
  const ports = new Set<string>();
  for (const [row, socket] of sockets.entries()) {
    if (socket.remotePort === 0 || socket.isLeftOut) continue;
    const key = keyOf(socket);
    if (!ports.has(`${key} ${socket.localPort}`)) rowsByKey.get(key)?.push(row);
    ports.add(`${key} ${socket.localPort}`);
  }
  const listed = leftOutPorts(sockets);
  const orderOf = (row: number) => {
    const { localPort = 0 } = sockets[row] ?? {};
    return 2 * (localPort & 1) + (listed[localPort] ?? 0);
  };
  return [...rowsByKey.values()]
    .filter((rows) => rows.length > 0)
    .map((rows) => rows.toSorted((a, b) => orderOf(a) - orderOf(b)));
}

const tuplesOf = (tuples: TupleRows) => Array.from({ length: tuples.count }, (_, tuple) => tuple);

test('each row is in its tuple, once a port, with its columns', () => {
  fc.assert(
    fc.property(fc.array(anySocket, { maxLength: 80 }), (sockets) => {
      const table = socketTable(sockets.map(asSocket));
      const tuples = sortByTuple(table, {
        ports: leftOutPorts(sockets),
        has: (row) => sockets[row]?.isLeftOut === true,
      });
      const wanted = expected(sockets);
      expect(tuplesOf(tuples).map((tuple) => [...rowsOf(tuples, tuple)])).toEqual(wanted);
      expect(tuplesOf(tuples).map((tuple) => sizeOf(tuples, tuple))).toEqual(
        wanted.map(({ length }) => length),
      );
      for (const parity of [0, 1] as const)
        expect(
          tuplesOf(tuples).map((tuple) => {
            const { from, end } = rowsOfParity(tuples, tuple, parity);
            return [...tuples.rows.subarray(from, end)];
          }),
        ).toEqual(
          wanted.map((each) => each.filter((row) => (sockets[row]?.localPort ?? 0) % 2 === parity)),
        );
      const rows = wanted.flat();
      const ports = rows.map((row) => sockets[row]?.localPort);
      expect(tuplesOf(tuples).flatMap((tuple) => [...portsOf(tuples, tuple)])).toEqual(ports);
      expect([...tuples.timeWaitLeftMs]).toEqual(rows.map((row) => sockets[row]?.leftMs ?? LIVE));
      expect(
        [...tuples.isTaken.entries()].flatMap(([port, mark]) => (mark === 1 ? [port] : [])),
      ).toEqual([...new Set(ports)].toSorted((a = 0, b = 0) => a - b));
    }),
  );
});

test('what an earlier reading of the table left behind does not show', () => {
  const table = socketTable(connections(600));
  sortByTuple(table, NONE_LEFT_OUT);
  table.cutTo(3);
  const tuples = sortByTuple(table, NONE_LEFT_OUT);
  expect([sizeOf(tuples, 0), tuples.rows.length]).toEqual([3, 3]);
  expect(tuples.isTaken.reduce((sum, mark) => sum + mark, 0)).toBe(3);
});

test('large and small tuples do not take ports from each other', () => {
  // From 512 ports on, the ports of a tuple are forgotten in another way.
  for (const count of [1, 511, 512, 513]) {
    const sockets = [
      ...connections(count),
      ...connections(count, { remotePort: 81 }),
      ...connections(count),
    ];
    const tuples = sortByTuple(socketTable(sockets), NONE_LEFT_OUT);
    expect(tuplesOf(tuples).map((tuple) => sizeOf(tuples, tuple))).toEqual([count, count]);
  }
});

test('thousands of tuples are told apart', () => {
  const sockets = Array.from({ length: 3000 }, (_, index) => ({
    local: '10.0.0.1',
    localPort: 40_000,
    remote: `10.1.${index >> 8}.${index & 255}`,
    remotePort: 80,
  }));
  const tuples = sortByTuple(socketTable([...sockets, ...sockets]), NONE_LEFT_OUT);
  expect(tuples.count).toBe(3000);
  expect(tuplesOf(tuples).map((tuple) => rowOf(tuples, tuple))).toEqual(
    sockets.map((_, row) => row),
  );
});

test('the tuple without a device is that of the same ends', () => {
  const ends = connections(1);
  const tuples = sortByTuple(
    socketTable([
      ...connections(1, { deviceIndex: 3 }),
      ...connections(1, { deviceIndex: 3, remotePort: 81 }),
      ...ends,
      ...connections(1, { deviceIndex: 4 }),
    ]),
    NONE_LEFT_OUT,
  );
  expect(tuplesOf(tuples).map((tuple) => tuples.unboundOf(tuple))).toEqual([2, -1, -1, 2]);
});
