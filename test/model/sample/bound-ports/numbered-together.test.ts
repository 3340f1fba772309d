import { expect, test } from 'vitest';
import type { PortRange } from '../../../../src/kernel/port-range.ts';
import { WitnessMemory } from '../../../../src/model/sample/bound-ports/witness-memory.ts';
import { sampleOf } from '../../../../src/model/sample/measure.ts';
import { connections, reading, SMALL_RANGE, type TestSocket } from '../../../helpers/sockets.ts';

const RANGE: PortRange = { low: 40_000, high: 40_999 };

/** Connections on these ports to one destination port. */
const on = (ports: readonly number[], remotePort: number, more: Partial<TestSocket> = {}) =>
  ports.map(
    (localPort) => ({ ...connections(1, { remotePort, ...more })[0], localPort }) as TestSocket,
  );

/** So many ports of the first half, from one on. */
const even = (count: number, first = 40_100) =>
  Array.from({ length: count }, (_, index) => first + 2 * index);

function lookWith(witnesses?: WitnessMemory) {
  return (sockets: readonly TestSocket[], { low, high } = RANGE) => {
    const other = connections(1, { remotePort: 9090, localPort: 40_998 });
    const sysctls = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': `${low} ${high}` };
    const given = reading([...sockets, ...other], { source: 'netlink', sysctls });
    const sample = sampleOf(given, { witnesses });
    witnesses?.push(sample);
    return sample.groups.find(({ remotePort }) => remotePort === 9090);
  };
}
const look = lookWith();

test.for([
  ['ten are few enough by chance', even(10), even(10), 10],
  ['nine are not compared', even(9), even(9), 0],
  ['other ones', even(40), even(40, 40_400), 0],
  ['one of ten is another', even(20), [...even(18), 40_800, 40_802], 22],
  ['more are', even(20), [...even(17), 40_800, 40_802, 40_804], 0],
  ['twice as many', even(40), even(80), 0],
  ['most of the half, and so those left free', even(490, 40_000), even(490, 40_000), 490],
  ['all but nine', even(491, 40_000), even(491, 40_000), 0],
] as const)(
  'the same ports of the first half for two destinations: %s',
  ([, one, two, inDoubt]) => {
    const other = look([...on(one, 80), ...on(two, 81)]);
    expect(other).toMatchObject({ free: 999, freeAtLeast: 999 - inDoubt });
    if (inDoubt > 0) expect(other?.uncertain).toMatch(/^Ports 40[01]00–\d+ were bound by number/);
  },
);

test('from two addresses, or with IP_BIND_ADDRESS_NO_PORT, they tell nothing', () => {
  const ports = even(40);
  expect(look([...on(ports, 80), ...on(ports, 81, { local: '10.0.3.8' })])?.freeAtLeast).toBe(999);
  const option = { bindAddressNoPort: true };
  expect(look([...on(ports, 80, option), ...on(ports, 81, option)])?.freeAtLeast).toBe(999);
});

test('two destinations that had all ports of a narrower range were seen', () => {
  const watch = lookWith(new WitnessMemory());
  const ports = even(40);
  watch(connections(1), { low: 40_100, high: 40_179 });
  expect(watch([...on(ports, 80), ...on(ports, 81)])?.freeAtLeast).toBe(999);
  expect(look([...on(ports, 80), ...on(ports, 81)])?.freeAtLeast).toBe(959);
});
