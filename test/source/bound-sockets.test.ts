import { expect, test } from 'vitest';
import type { TcpCounters } from '../../src/kernel/counters.ts';
import { SocketTable } from '../../src/kernel/socket-table.ts';
import { BoundSockets } from '../../src/source/bound-sockets.ts';
import { optionsOf, rowsOf } from '../helpers/proc-net-tcp-rows.ts';
import { connections, socketTable, type TestSocket } from '../helpers/sockets.ts';

const STATE = { state: 'BOUND_INACTIVE', inode: 4711 } as const;
const BOUND: readonly TestSocket[] = [
  { local: '10.0.3.7', localPort: 40_001, ...STATE },
  { local: '0.0.0.0', localPort: 40_003, deviceIndex: 3, ...STATE },
  { local: '2001:db8::7', remote: '::', localPort: 40_005, bindAddressNoPort: true, ...STATE },
];
/** Seven sockets of the machine are in no table of connections. */
const COUNTERS: TcpCounters = { allocatedNow: 107, inUseNow: 100 };

/** What is remembered of a dump with these sockets, after so long. */
function remembered(sockets: readonly TestSocket[], { afterMs = 0, counters = COUNTERS } = {}) {
  let nowMs = 5000;
  const bound = new BoundSockets({ monotonicMs: () => nowMs });
  bound.keep(socketTable(sockets), counters);
  nowMs += afterMs;
  return bound;
}

test('nothing is known before the first dump', () => {
  expect(new BoundSockets({ monotonicMs: () => 0 }).isKnown(COUNTERS)).toBe(false);
});

test('the bound sockets of a dump come back as they were, and no others', () => {
  const sockets = [...connections(2), ...BOUND, ...connections(1, { remotePort: 81 })];
  const table = new SocketTable();
  remembered(sockets).addTo(table);
  const [made, wanted] = [table, socketTable(BOUND)].map((each) =>
    rowsOf(each).map((row, index) => ({ ...row, ...optionsOf(each, index) })),
  );
  expect(made).toHaveLength(3);
  expect(made).toEqual(wanted);
});

test.each([
  [0, true],
  [999, true],
  [1000, false],
])('after %i ms they are known: %s', (afterMs, isKnown) => {
  expect(remembered(BOUND, { afterMs }).isKnown(COUNTERS)).toBe(isKnown);
});

test.each<[string, TcpCounters, boolean]>([
  [
    'a socket more that is neither connected nor listens',
    { allocatedNow: 108, inUseNow: 100 },
    false,
  ],
  ['one less', { allocatedNow: 106, inUseNow: 100 }, false],
  ['one that was bound and is connected now', { allocatedNow: 107, inUseNow: 101 }, false],
  ['connections more', { allocatedNow: 117, inUseNow: 110 }, true],
  ['nobody counts them', { inUseNow: 100 }, false],
])('%s', (_, counters, isKnown) => {
  expect(remembered(BOUND).isKnown(counters)).toBe(isKnown);
});

test('where nobody counts them, or a dump is not whole, nothing is known', () => {
  expect(remembered(BOUND, { counters: {} }).isKnown({})).toBe(false);
  const bound = remembered(BOUND);
  bound.keep(undefined, COUNTERS);
  expect(bound.isKnown(COUNTERS)).toBe(false);
});
