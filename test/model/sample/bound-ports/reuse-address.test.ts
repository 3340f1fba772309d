import { describe, expect, test } from 'vitest';
import { connections, sampleOfSockets, SMALL_RANGE } from '../../../helpers/sockets.ts';

const OTHER = { remote: '10.0.9.22' };
/** Live sockets on these ports, made in this order. */
const made = (ports: readonly number[], socket = {}) =>
  connections(ports.length, socket).map((each, index) => ({
    ...each,
    localPort: ports[index] ?? 0,
    inode: 1 + index,
  }));

/** What is surely free to the other destination. */
function surelyFree(sockets: ReturnType<typeof made>, overrides: object): number | undefined {
  const { groups } = sampleOfSockets(sockets, overrides);
  return groups.find(({ remoteAddress }) => remoteAddress === OTHER.remote)?.freeAtLeast;
}

describe('bind() with SO_REUSEADDR', () => {
  // It takes the lower half of the range, both parities, before it goes on.
  const lower = [...scatteredIn(250, 24_001), ...scatteredIn(170, 24_000)];
  const upper = scatteredIn(100, 24_501);
  const WIDE_LOW = { sysctls: { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '24000 24999' } };

  function scatteredIn(count: number, first: number) {
    return Array.from({ length: count }, (_, index) => first + 2 * ((index * 97) % 250));
  }

  test.each([
    ['the lower half', lower],
    ['and some of the upper', [...lower, ...upper]],
  ])('may hold the first parity too, once it has used up the other of %s', (_, ports) => {
    const sockets = [...made(ports), ...made([24_901], OTHER)];
    const long = { ...WIDE_LOW, counters: { activeOpens: 90_000, timeWaitReused: 0 } };
    expect(surelyFree(sockets, long)).toBe(1000 - ports.length - 1);
  });

  test.each([
    ['all of that', 250, 170],
    // Of 250, up to 12 may have been given back since.
    ['all but twelve', 238, 168],
    ['all but thirteen', 237, 0],
  ])(
    'may hold it too where its ports look like a range of its own: %s taken',
    (_, second, first) => {
      const ports = [...scatteredIn(second, 24_001), ...scatteredIn(first || 168, 24_000)];
      const sockets = [...made(ports), ...made([24_901], OTHER)];
      const counters = { activeOpens: sockets.length, timeWaitReused: 0 };
      expect(surelyFree(sockets, { ...WIDE_LOW, counters })).toBe(1000 - second - first - 1);
    },
  );

  test.each([
    [150, 170],
    // 37 that are free above and none below are no chance, 36 may be.
    [213, 170],
    [214, 0],
  ])(
    'without it, 250 ports of the lower half and %i of the upper are chance: %i in doubt',
    (above, first) => {
      const ports = [...lower, ...scatteredIn(above, 24_501)];
      const sockets = [...made(ports), ...made([24_900], OTHER)];
      const long = { ...WIDE_LOW, counters: { activeOpens: 90_000, timeWaitReused: 0 } };
      expect(surelyFree(sockets, long)).toBe(1000 - 250 - above - first - 1);
    },
  );
});
