import { expect, test } from 'vitest';
import { ModelStream } from '../../src/model/model-stream.ts';
import { connections, sampleOfSockets } from '../helpers/sockets.ts';

const NOON = sampleOfSockets([]).takenAtMs;
const OTHER = connections(3, { remote: '10.0.9.22' });
const FULL = [...connections(100), ...OTHER];

/** Models of these sockets, so many seconds after noon. */
function watch(...looks: readonly (readonly [seconds: number, sockets: typeof FULL])[]) {
  const stream = new ModelStream();
  return looks.map(([seconds, sockets]) =>
    stream.next({ ...sampleOfSockets(sockets), takenAtMs: NOON + 1000 * seconds }),
  );
}

test('an outage is told when its group has gone, for a quarter of an hour and a minute', () => {
  const [during, after, late, over] = watch([0, FULL], [15, OTHER], [959, OTHER], [960, OTHER]);
  expect(during?.formerOutages).toEqual([]);
  const outage = { label: '10.0.3.7 → 10.0.9.21:8080', sinceMs: NOON, lastMs: NOON };
  expect(after?.formerOutages).toEqual([outage]);
  expect(late?.formerOutages).toEqual([outage]);
  expect(over?.formerOutages).toEqual([]);
});

test('a group that was out of ports is still there for 15 s after its last socket, with all ports free', () => {
  const models = watch([0, FULL], [14.9, OTHER], [15, OTHER]);
  const ofIt = models.map(({ groups }) => groups.find(({ limit }) => limit !== undefined));
  expect(ofIt.map((group) => group?.free)).toEqual([0, 100, undefined]);
  expect(ofIt[1]).toMatchObject({ used: 0, freeAtLeast: 100, headroomPercent: 100, byState: {} });
  expect(models.map(({ formerOutages }) => formerOutages?.length)).toEqual([0, 0, 1]);
});

test.for([
  ['reserved', { usable: 60 }, { usable: 60, free: 60, freeAtLeast: 60, uncertain: undefined }],
  [
    'perhaps held',
    { usable: 100, usableAtLeast: 99 },
    { usable: 100, free: 100, freeAtLeast: 99, unsupportedDoubt: 1 },
  ],
] as const)('its free ports go by the newest look: some are %s', ([, space, expected]) => {
  const stream = new ModelStream();
  stream.next(sampleOfSockets(FULL));
  const sample = sampleOfSockets(OTHER);
  const model = stream.next({ ...sample, portSpace: { ...sample.portSpace, ...space } });
  const group = model.groups.find(({ limit }) => limit !== undefined);
  expect(group).toMatchObject({ ...expected, headroomPercent: 100, severity: 'critical' });
  if (group?.uncertain !== undefined) expect(group.uncertain).toMatch(/^1 port may be held/);
});

test('connections without a device take ports of a group of a device that has none left', () => {
  const stream = new ModelStream();
  const onDevice = FULL.map((socket) => ({ ...socket, deviceIndex: 2 }));
  stream.next(sampleOfSockets(onDevice));
  const model = stream.next(sampleOfSockets([...connections(30), ...OTHER]));
  const group = model.groups.find(({ limit }) => limit !== undefined);
  expect(group).toMatchObject({ device: '2', free: 70, freeAtLeast: 70, used: 0 });
});

test('its 15 s begin anew with each socket: one of a few connections neither comes nor goes', () => {
  const some = [...connections(1), ...OTHER];
  const models = watch([0, FULL], [14, some], [28, OTHER], [29, OTHER]);
  expect(models.map(({ formerOutages }) => formerOutages?.length)).toEqual([0, 0, 0, 1]);
});

test('one that never was out of ports goes with its last socket', () => {
  const few = [...connections(3), ...OTHER];
  expect(watch([0, few], [1, OTHER]).map(({ groups }) => groups.length)).toEqual([2, 1]);
});

test('a group that comes back tells it itself', () => {
  const models = watch([0, FULL], [5, OTHER], [9, [...connections(2), ...OTHER]]);
  expect(models.at(-1)?.formerOutages).toEqual([]);
  expect(models.at(-1)?.groups.some(({ limit }) => limit?.sinceMs === NOON)).toBe(true);
});
