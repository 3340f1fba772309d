/** Ports that are reserved by now were not when they were taken. */
import { expect, test } from 'vitest';
import { connections, sampleOfSockets, SMALL_RANGE } from '../../../helpers/sockets.ts';

const sampleWith = (ports: readonly number[], reserved: string) =>
  sampleOfSockets(
    connections(ports.length).map((socket, index) => ({ ...socket, localPort: ports[index] ?? 0 })),
    {
      sysctls: { ...SMALL_RANGE, 'net.ipv4.ip_local_reserved_ports': reserved },
      // None has gone.
      counters: { activeOpens: ports.length, timeWaitReused: 0 },
    },
  );
const LEFT = [40_051, 40_053, 40_055];
const ALL_BUT_THESE = '40050,40052,40054,40056-40062';

test('an own range is one whatever has been reserved of it since', () => {
  const own = Array.from({ length: 13 }, (_, index) => 40_050 + index);
  const { groups, portSpace } = sampleWith(own, ALL_BUT_THESE);
  expect(groups[0]).toMatchObject({ used: 3, bindBeforeConnect: { certain: false } });
  expect(portSpace).toMatchObject({ reserved: 10, held: 0, usable: 90, usableAtLeast: 87 });
});

test.each([
  ['reserved ports that nobody has', ALL_BUT_THESE],
  ['none reserved', ''],
])('the same ports without those beside them were bound: %s', (_, reserved) => {
  expect(sampleWith(LEFT, reserved).portSpace).toMatchObject({ held: 3 });
});

test('no port is surely usable for a new destination where the range is not known', () => {
  const sysctls = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': null };
  expect(sampleOfSockets(connections(5), { sysctls }).portSpace.usableAtLeast).toBe(0);
  expect(sampleOfSockets(connections(5)).portSpace.usableAtLeast).toBeUndefined();
});
