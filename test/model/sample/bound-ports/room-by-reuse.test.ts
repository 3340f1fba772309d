import { expect, test } from 'vitest';
import {
  connections,
  sampleOfSockets,
  SMALL_RANGE,
  type TestSocket,
} from '../../../helpers/sockets.ts';

const even = (count: number, socket: Partial<TestSocket> = {}) =>
  connections(count, socket).map((each, index) => ({ ...each, localPort: 40_000 + 2 * index }));
const odd = (count: number, socket: Partial<TestSocket> = {}) =>
  connections(count, socket).map((each, index) => ({
    ...each,
    localPort: 40_001 + 2 * ((17 * index) % 50),
  }));

test('live ports of the second half beside TIME_WAIT that connect() takes over are in doubt', () => {
  const first = (leftMs: number) => even(50, { state: 'TIME_WAIT', leftMs });
  const other = (sockets: readonly TestSocket[], reuse: string) => {
    const all = [...sockets, ...even(1, { remote: '10.0.9.22', local: '10.0.3.8' })];
    // As on a machine that has been up for long.
    const counters = { activeOpens: 1_000_000, timeWaitReused: 1 };
    const sysctls = { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse': reuse };
    const { groups } = sampleOfSockets(all, { counters, sysctls });
    return groups.find(({ remoteAddress }) => remoteAddress === '10.0.9.22');
  };
  expect(other([...first(50_000), ...odd(20)], '1')).toMatchObject({ free: 99, freeAtLeast: 79 });
  // The first half was full for them, or they have closed since, with the others of a rush.
  expect(other([...first(50_000), ...odd(20)], '0')).toMatchObject({ free: 99, freeAtLeast: 99 });
  expect(other([...first(59_500), ...odd(20)], '1')).toMatchObject({ free: 99, freeAtLeast: 99 });
  const closed = odd(20, { state: 'TIME_WAIT', leftMs: 50_000 });
  expect(other([...first(50_000), ...closed], '1')).toMatchObject({ free: 99, freeAtLeast: 99 });
});
