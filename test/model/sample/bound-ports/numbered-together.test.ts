import { expect, test } from 'vitest';
import type { PortRange } from '../../../../src/kernel/port-range.ts';
import { WitnessMemory } from '../../../../src/model/sample/bound-ports/witness-memory.ts';
import { sampleOf } from '../../../../src/model/sample/measure.ts';
import {
  connections,
  NONE_LEFT_OUT,
  reading,
  SMALL_RANGE,
  socketTable,
  type TestSocket,
} from '../../../helpers/sockets.ts';
import { numberedTogether } from '../../../../src/model/sample/bound-ports/numbered-together.ts';
import { PortHalves } from '../../../../src/model/sample/bound-ports/port-halves.ts';
import { mapPorts, portSettings } from '../../../../src/model/sample/port-space.ts';
import { sortByTuple } from '../../../../src/model/sample/sort-by-tuple.ts';

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
  ['all but nine that are left', even(491, 40_000), even(491, 40_000), 0],
] as const)(
  'the same ports of the first half for two destinations: %s',
  ([, one, two, inDoubt]) => {
    const other = look([...on(one, 80), ...on(two, 81)]);
    expect(other).toMatchObject({ free: 999, freeAtLeast: 999 - inDoubt });
    if (inDoubt > 0) expect(other?.uncertain).toMatch(/^Ports 40[01]00–\d+ were bound by number/);
  },
);

test.for([
  // Of the 500 ports of the second half 475 are used up: the 400 others of the first may be bound then, and leave 100.
  [475, 60, 2],
  [475, 61, 0],
  // With SO_REUSEADDR the lower part goes on first, of which 238 of 250 are used up.
  [237, 61, 2],
  [238, 61, 0],
] as const)(
  'beside %i ports of the second half, %i of the first that are alike',
  ([second, alike, size]) => {
    const odd = even(second, 40_001);
    const bound = on([...odd, ...even(400, 40_000)], 70, { local: '10.0.3.8' });
    const ports = even(alike, 40_800);
    const sockets = socketTable([...bound, ...on(ports, 80), ...on(ports, 81)]);
    const sysctls = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '40000 40999' };
    const halves = new PortHalves(RANGE, mapPorts(portSettings(sysctls), new Set()));
    const tuples = sortByTuple(sockets, NONE_LEFT_OUT);
    expect(numberedTogether({ sockets, tuples, halves, formerRanges: [] }).size).toBe(size);
  },
);

test('other groups of similar size lie between them', () => {
  const between = [0, 1, 2, 3, 4, 5, 6].flatMap((n) => on(even(19, 40_200 + 40 * n), 90 + n));
  expect(look([...on(even(20), 80), ...between, ...on(even(18), 81)])?.freeAtLeast).toBe(979);
});

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
