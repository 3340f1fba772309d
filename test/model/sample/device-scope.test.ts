import { describe, expect, test } from 'vitest';
import type { SourceName } from '../../../src/kernel/reading.ts';
import { labelText } from '../../../src/format/fold.ts';
import { buildModel } from '../../../src/model/model.ts';
import { snapshotDocument } from '../../helpers/documents.ts';
import { fromRecorded, toRecorded } from '../../../src/recording/sample-schema.ts';
import { applyWhatIf } from '../../../src/model/what-if/what-if.ts';
import {
  closedSteadily,
  connections,
  modelOf,
  sampleOfSockets,
  timeWaits,
  SMALL_RANGE,
  type TestSocket,
} from '../../helpers/sockets.ts';

const NAMES = new Map([
  [1, 'lo'],
  [2, 'eth0'],
]);
const LABEL = '10.0.3.7 → 10.0.9.21:8080';

const byLabel = (sockets: Parameters<typeof sampleOfSockets>[0], sysctls = SMALL_RANGE) =>
  sampleOfSockets(sockets, { deviceNames: NAMES, sysctls })
    .groups.map(({ label, used, free, reusable }) => ({ label, used, free, reusable }))
    .toSorted((a, b) => (a.label < b.label ? -1 : 1));

test('each device has its own group, named by it or by its number', () => {
  const sockets = [
    ...connections(10, { deviceIndex: 2 }),
    ...connections(20, { deviceIndex: 7 }),
    ...connections(30, { deviceIndex: 2, remotePort: 9090 }),
  ];
  expect(byLabel(sockets)).toEqual([
    { label: `${LABEL} %7`, used: 20, free: 80, reusable: 0 },
    { label: `${LABEL} %eth0`, used: 10, free: 90, reusable: 0 },
    { label: '10.0.3.7 → 10.0.9.21:9090 %eth0', used: 30, free: 70, reusable: 0 },
  ]);
});

test('ports of connections without a device are lost to those with one', () => {
  // 40000-40018 even here, 40000-40038 even there.
  const sockets = [...connections(10, { deviceIndex: 2 }), ...connections(20)];
  expect(byLabel(sockets)).toEqual([
    { label: LABEL, used: 20, free: 80, reusable: 0 },
    { label: `${LABEL} %eth0`, used: 10, free: 80, reusable: 0 },
  ]);
  const group = sampleOfSockets(sockets).groups.find(({ device }) => device === '2');
  expect(group).toMatchObject({
    usable: 90,
    freeAtLeast: 80,
    headroomPercent: (100 * 80) / 90,
    parity: { first: { usable: 40, used: 10 }, second: { usable: 50, used: 0 } },
  });
});

test('their TIME_WAIT is lost as long as it is not to be taken over', () => {
  const sockets = [
    ...connections(10, { deviceIndex: 2 }),
    ...timeWaits(5, 59_500, {}, 40_010),
    ...timeWaits(5, 30_000, {}, 40_015),
  ];
  const free = (reuse: string) =>
    byLabel(sockets, { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse': reuse })[1]?.free;
  expect(free('0')).toBe(80);
  expect(free('1')).toBe(85);
});

test('TIME_WAIT bound to lo is loopback for tcp_tw_reuse 2', () => {
  const reusable = (deviceIndex: number) =>
    byLabel(timeWaits(5, 30_000, { deviceIndex }))[0]?.reusable;
  expect([0, 1, 2].map(reusable)).toEqual([0, 5, 0]);
});

test('and so it is for what-if and advice', () => {
  const closed = (deviceIndex: number) =>
    modelOf(closedSteadily(90, { deviceIndex }), {
      deviceNames: NAMES,
      sysctls: { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse': '0' },
    });
  const free = (deviceIndex: number) =>
    applyWhatIf(closed(deviceIndex), { reuse: 2 }).groups[0]?.free;
  expect([1, 2].map(free)).toEqual([99, 10]);
  const advised = (deviceIndex: number) => {
    const sysctls = { ...SMALL_RANGE, 'net.ipv4.tcp_timestamps': '0' };
    const sockets = timeWaits(90, 30_000, { deviceIndex });
    return modelOf(sockets, { deviceNames: NAMES, sysctls }).advice.map(({ id }) => id);
  };
  // With reuse on for lo, timestamps alone are missing.
  expect(advised(1)).toContain('enable-timestamps');
  expect(advised(2)).toContain('enable-tw-reuse');
});

test('the device is in keys, JSON and recordings', () => {
  const sample = sampleOfSockets(
    [...connections(10, { deviceIndex: 2 }), ...connections(20, { deviceIndex: 7 })],
    { deviceNames: NAMES },
  );
  expect(new Set(sample.groups.map(({ key }) => key)).size).toBe(2);
  expect(fromRecorded(toRecorded(sample)).groups).toEqual(sample.groups);
  const { groups } = buildModel(sample);
  expect(groups.map((group) => labelText(group, new Map([['10.0.9.21', 'api']])))).toEqual([
    '10.0.3.7 → api:8080 %7',
    '10.0.3.7 → api:8080 %eth0',
  ]);
  const document = snapshotDocument(buildModel(sample));
  expect(document.groups.map(({ device }) => device)).toEqual(['7', 'eth0']);
});

describe('where the source does not show devices, a port in two rows proves several', () => {
  /** Of 100 ports 20, and 20 more from the last one but so many on. */
  const twice = (repeated: number, first: Partial<TestSocket>, second: Partial<TestSocket>) => [
    ...connections(20, first),
    ...connections(20, second, 40_020 - repeated),
  ];
  const found = (sockets: TestSocket[], source: SourceName = 'procfs') => {
    const [group] = sampleOfSockets(sockets, { source }).groups;
    const { used, free, freeAtLeast, uncertain } = group ?? {};
    expect(uncertain ?? 'Sockets of several devices').toMatch(/^Sockets of several devices/);
    return [used, free, freeAtLeast];
  };
  const closed = (leftMs: number) => ({ state: 'TIME_WAIT' as const, leftMs });

  test.for([
    ['none are', twice(0, { inode: 7 }, { inode: 8 }), [40, 60, 60]],
    ['one is', twice(1, { inode: 7 }, { inode: 8 }), [39, 100, 61]],
    ['nine are', twice(9, { inode: 7 }, { inode: 8 }), [31, 100, 69]],
    ['one socket is listed twice', twice(1, { inode: 7 }, { inode: 7 }), [39, 61, 61]],
    ['one is closed meanwhile', twice(1, { inode: 7 }, closed(60_000)), [39, 61, 61]],
    ['one is a moment older', twice(1, closed(30_000), closed(29_000)), [39, 61, 61]],
    ['one is older', twice(1, closed(30_000), closed(28_999)), [39, 100, 61]],
  ] as const)('%s', ([, sockets, figures]) => {
    expect(found([...sockets])).toEqual(figures);
  });

  test('which sock_diag shows', () => {
    expect(found(twice(1, { inode: 7 }, { inode: 8 }), 'netlink')).toEqual([39, 61, 61]);
  });
});
