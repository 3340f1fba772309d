import { expect, test } from 'vitest';
import { jumpInHistory, NO_HISTORY, withModelKept } from '../../src/model/model-history.ts';
import { ModelStream } from '../../src/model/model-stream.ts';
import { connections, sampleOfSockets } from '../helpers/sockets.ts';

const NOON = Date.UTC(2026, 10, 21, 12);

/** So many seconds after noon, two groups with so many of 100 ports in use; so many opens in all. */
function sampleAt(second: number, one: number, other: number, activeOpens = 0) {
  return sampleOfSockets([...connections(one), ...connections(other, { remote: '10.0.9.22' })], {
    takenAtMs: NOON + 1000 * second,
    counters: { activeOpens },
  });
}

test('the worst group stays the worst until another is more than one percent fuller, in the history as well', () => {
  const stream = new ModelStream();
  const models = [
    sampleAt(0, 61, 60),
    sampleAt(1, 60, 61),
    sampleAt(2, 60, 62),
    sampleAt(3, 61, 62),
  ].map((sample) => stream.next(sample));
  const worst = models.map((model) => model.worst?.remoteAddress);
  expect(worst).toEqual(['10.0.9.21', '10.0.9.21', '10.0.9.22', '10.0.9.22']);
  const history = models.reduce(withModelKept, NO_HISTORY);
  const kept = jumpInHistory(history, NOON + 3000, -2000);
  expect([kept?.sample.takenAtMs, kept?.worst?.remoteAddress]).toEqual([NOON + 1000, '10.0.9.21']);
});

test.for([
  [20, false],
  [21, true],
] as const)(
  '%i opens of which nothing is seen: demand is a lower bound (%s)',
  ([opens, isLowerBound]) => {
    const stream = new ModelStream();
    stream.next(sampleAt(0, 3, 3));
    const { groups } = stream.next(sampleAt(1, 3, 3, opens));
    expect(groups.map((group) => group.isDemandLowerBound)).toEqual([isLowerBound, isLowerBound]);
  },
);
