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
  const [during, after, late, over] = watch([0, FULL], [5, OTHER], [959, OTHER], [960, OTHER]);
  expect(during?.formerOutages).toEqual([]);
  const outage = { label: '10.0.3.7 → 10.0.9.21:8080', sinceMs: NOON, lastMs: NOON };
  expect(after?.formerOutages).toEqual([outage]);
  expect(late?.formerOutages).toEqual([outage]);
  expect(over?.formerOutages).toEqual([]);
});

test('a group that comes back tells it itself', () => {
  const models = watch([0, FULL], [5, OTHER], [9, [...connections(2), ...OTHER]]);
  expect(models.at(-1)?.formerOutages).toEqual([]);
  expect(models.at(-1)?.groups.some(({ limit }) => limit?.sinceMs === NOON)).toBe(true);
});
