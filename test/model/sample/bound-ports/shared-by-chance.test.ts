/** What is left of rushes to two destinations: as many ports in common as by chance, and perhaps some that were bound. */
import { expect, test } from 'vitest';
import { connections, modelOf, SMALL_RANGE, type TestSocket } from '../../../helpers/sockets.ts';

const LATER = { remote: '10.0.9.22' };
const NEITHER = { remote: '10.0.9.23' };

/** Ports of the second half, each `step` behind the one before, in the order in which they were opened. */
const odd = (from: number, count: number, step: number, socket: Partial<TestSocket> = {}) =>
  connections(count, socket).map((each, index): TestSocket => ({
    ...each,
    localPort: from + step * index,
    inode: 100 + index,
  }));

/** Live connections to two destinations, 8 ports in common of 40 and 40; with `more`, the first has these as well. */
function rushes(more: readonly TestSocket[] = [], change = (socket: TestSocket) => socket) {
  const sockets = [
    ...odd(40_001, 40, 4).map(change),
    ...odd(40_129, 40, 4, LATER),
    ...more,
    ...connections(1, NEITHER, 50_000),
  ];
  const { groups } = modelOf(sockets, {
    sysctls: { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '40000 40399' },
    counters: { activeOpens: 100_000, timeWaitReused: 10 },
  });
  const group = (remote: string) => groups.find(({ remoteAddress }) => remoteAddress === remote);
  return { first: group('10.0.9.21'), other: group(NEITHER.remote) };
}

test('ports that were opened in turn were not bound', () => {
  expect(rushes().other).toMatchObject({ free: 400, freeAtLeast: 400, uncertain: undefined });
});

test('one that is out of turn puts those in doubt that are not shared, and raises no alarm', () => {
  const bound = odd(40_003, 1, 0).map((socket) => ({ ...socket, inode: 900 }));
  const { first, other } = rushes(bound);
  expect(other).toMatchObject({
    free: 400,
    freeAtLeast: 400 - 33,
    unsupportedDoubt: 33,
    severity: 'info',
    uncertain:
      '33 ports of the half that connect() takes last were opened while the other half was full, as others were, or bound before connect().',
  });
  expect(first).toMatchObject({ free: 400 - 41, bindBeforeConnect: { suspected: false } });
});

test('no order of their opening, no certainty', () => {
  const orphans = rushes([], (socket) => ({ ...socket, inode: 0 }));
  expect(orphans.other).toMatchObject({ free: 400, freeAtLeast: 400 - 32 });
});

test.for([
  [(index: number) => index, 400],
  [(index: number) => (17 * index) % 40, 400 - 32],
] as const)('in TIME_WAIT, the order of closes tells', ([orderOf, atLeast]) => {
  const closed = rushes([], (socket) => ({
    ...socket,
    state: 'TIME_WAIT',
    inode: 0,
    leftMs: 20_000 + 10 * orderOf((socket.localPort - 40_001) / 4),
  }));
  expect(closed.other).toMatchObject({ free: 400, freeAtLeast: atLeast });
});
