import { expect, test } from 'vitest';
import { explainSysctls } from '../../../src/model/sysctl-notes.ts';
import {
  connections,
  modelOf,
  sampleOfSockets,
  SMALL_RANGE,
  timeWaits,
} from '../../helpers/sockets.ts';

test.for([
  [null, /not readable; the default 32768 60999 is assumed/],
  ['60999 32768', /cannot read a port range from "60999 32768"; the default/],
  ['\u001b[2J', /"\\x1b\[2J"/],
] as const)(
  'a port range of %j is assumed to be the default, with a warning',
  ([text, warning]) => {
    const sample = sampleOfSockets(connections(1), {
      sysctls: { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': text },
    });
    expect(sample.portSpace).toMatchObject({ low: 32_768, high: 60_999, size: 28_232 });
    expect(sample.sampling.warnings).toEqual([expect.stringMatching(warning)]);
  },
);

test('reserved ports that cannot be read are a warning, and none are reserved', () => {
  const sample = sampleOfSockets([], {
    sysctls: { ...SMALL_RANGE, 'net.ipv4.ip_local_reserved_ports': '40001,x' },
  });
  expect(sample.portSpace.reserved).toBe(0);
  expect(sample.sampling.warnings).toEqual([
    expect.stringContaining('"x"; no port is taken to be reserved'),
  ]);
});

test('states are counted over every socket, and a table of none is fine', () => {
  const listener = { local: '0.0.0.0', localPort: 80, state: 'LISTEN' } as const;
  expect(sampleOfSockets([listener, ...connections(2)]).byState).toEqual({
    LISTEN: 1,
    ESTABLISHED: 2,
  });
  expect(sampleOfSockets([])).toMatchObject({
    byState: {},
    groups: [],
    portSpace: { usable: 100 },
  });
});

test('where sockets are left out, the kernel tells how many there are; FIN_WAIT2 that it counts as TIME_WAIT counts once', () => {
  const sockets = [
    ...timeWaits(4, 30_000),
    ...connections(3, { state: 'FIN_WAIT2', remotePort: 81 }),
    ...connections(2, { state: 'FIN_WAIT2', remotePort: 82, inode: 7 }),
    ...connections(1, { state: 'CLOSE_WAIT', remotePort: 83 }),
  ];
  const counters = { timeWaitNow: 12, establishedNow: 6 };
  const statesOf = (leftOut: number) => sampleOfSockets(sockets, { leftOut, counters }).byState;
  expect(statesOf(0)).toEqual({ TIME_WAIT: 4, FIN_WAIT2: 5, CLOSE_WAIT: 1 });
  expect(statesOf(9)).toEqual({ ESTABLISHED: 5, TIME_WAIT: 9, FIN_WAIT2: 5, CLOSE_WAIT: 1 });
});

test('every sysctl is explained, absent ones too', () => {
  const notes = explainSysctls(modelOf([]));
  expect(notes.map(({ name }) => name)).toEqual([
    ...Object.keys(SMALL_RANGE).filter((name) => name !== 'net.ipv4.tcp_tw_timeout'),
    'net.ipv6.ip_local_port_range',
  ]);
  expect(notes.find(({ name }) => name === 'net.ipv4.tcp_tw_recycle')).toMatchObject({
    value: undefined,
    shouldBe: undefined,
  });
  expect(notes.every(({ meaning }) => meaning.length > 10)).toBe(true);
});

test("a vendor's sysctl is explained where the kernel has it", () => {
  const sysctls = { ...SMALL_RANGE, 'net.ipv4.tcp_tw_timeout': '120' };
  expect(explainSysctls(modelOf([], { sysctls }))).toContainEqual(
    expect.objectContaining({ name: 'net.ipv4.tcp_tw_timeout', value: '120' }),
  );
});

test('a group is named by its place and its tuple', () => {
  const place = { kind: 'namespace', id: 'net:7', name: 'web' } as const;
  const [here] = sampleOfSockets(connections(1)).groups;
  const [there] = sampleOfSockets(connections(1), { place }).groups;
  expect(here?.label).toBe(there?.label);
  expect(here?.key).toBe(`net:4026531840\n${here?.label}`);
  expect(there?.key).toBe(`net:7\n${there?.label}`);
});
