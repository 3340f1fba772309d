import { expect, test } from 'vitest';
import { IPV4, sampleOfSockets, SMALL_RANGE } from '../../../helpers/sockets.ts';

/** 64 ports of which few are usable: a range of its own is too wide beside them to be told by its width. */
const SYSCTLS = {
  ...SMALL_RANGE,
  'net.ipv4.ip_local_port_range': '21000 21063',
  'net.ipv4.ip_local_reserved_ports': '21000-21006,21026-21033,21036-21042',
};

/** A group with these ports, on a machine on which nobody has closed a connection. */
function sampleOf(ports: readonly number[]) {
  const ends = { local: 'fd00:9::2', remote: 'fd00:9::1', remotePort: 8081 };
  return sampleOfSockets(
    ports.map((localPort, index) => ({ ...ends, localPort, inode: 1000 + 2 * index })),
    { counters: { activeOpens: ports.length }, sysctls: SYSCTLS },
  );
}

test.for([
  ['with a reserved port', [56, 44, 49, 50, 57, 48, 51, 54, 42, 52, 43, 45]],
  ['without one', [53, 54, 57, 49, 50, 43, 48, 56, 44, 52, 45]],
] as const)(
  'an own range of 16 ports, %s, is not taken for bind() beside connect()',
  ([, ports]) => {
    const { portSpace, inferredHeld } = sampleOf(ports.map((port) => 21_000 + port));
    expect(inferredHeld).toBe(0);
    expect(portSpace).toMatchObject({ reserved: 22, held: 0, usable: 42 });
    expect(portSpace.usableAtLeast ?? 42).toBeLessThanOrEqual(42);
  },
);

test.for([
  [75, 0],
  [82, 0],
  [83, 60],
] as const)('60 ports within %d of 100: %d are surely bound', ([share, held]) => {
  const bound = Array.from(
    { length: 60 },
    (_, index) => 40_001 + 2 * Math.floor((index * share) / 60),
  );
  const high = 40_001 + 2 * (share - 1);
  const sockets = [...bound.slice(0, -1), high, 40_010, 40_020, 40_030].map((localPort, index) => ({
    ...IPV4,
    remotePort: 8080,
    localPort,
    inode: 1000 + ((index * 37) % 63),
  }));
  const { inferredHeld } = sampleOfSockets(sockets, {
    counters: { activeOpens: sockets.length },
    sysctls: { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '40000 40199' },
  });
  expect(inferredHeld).toBe(held);
});

test('a range of its own of which reserved ports leave three is not taken for bind()', () => {
  const own = [42, 43, 44].map((port) => 21_000 + port);
  const free = [8, 46].map((port) => 21_000 + port);
  expect(sampleOf([...own, ...free]).inferredHeld).toBe(0);
  // Chance leaves a port between two others.
  const many = [8, 10, 12, 14, 16, 18, 20].map((port) => 21_000 + port);
  expect(sampleOf([...own, ...many]).inferredHeld).toBe(1);
});

test('bound ports beside those of connect() are still sure: the latter lie elsewhere', () => {
  const bound = [7, 15, 23, 47, 59].map((port) => 21_000 + port);
  const connected = [8, 10, 12, 14].map((port) => 21_000 + port);
  expect(sampleOf([...connected, ...bound]).inferredHeld).toBe(5);
});
