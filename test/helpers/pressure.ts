/** Models of groups that are refused connections, as samples one after the other make them. */
import type { ConnectFailures } from '../../src/model/sample/refusal-memory.ts';
import type { Model } from '../../src/model/model.ts';
import { ModelStream } from '../../src/model/model-stream.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { closedLately, connections, sampleOfSockets } from './sockets.ts';

export const PRESSURE_STARTS_MS = Date.UTC(2026, 10, 21, 12);

/** Refusals as they are seen: 30 a second, most of them haproxy's. */
export const FAILURES: ConnectFailures = {
  perSecond: 30,
  lastMinute: 1234,
  total: 1234,
  sinceMs: PRESSURE_STARTS_MS,
  lastAtMs: PRESSURE_STARTS_MS + 2000,
  processes: [
    { pid: 812, command: 'haproxy', refusals: 1200 },
    { pid: undefined, command: '', refusals: 34 },
  ],
};

/** Three looks, a second apart, at 50 live connections and 50 in TIME_WAIT on 100 ports, and at a group that is well. */
export function pressedSamples(refusals: 'seen' | 'unseen' = 'seen'): Sample[] {
  return [0, 1, 2].map((second) => {
    const sample = sampleOfSockets(
      [
        ...connections(50),
        ...closedLately(50, {}, 40_050),
        ...connections(20, { remote: '10.0.9.22' }),
      ],
      { takenAtMs: PRESSURE_STARTS_MS + second * 1000 },
    );
    const sampling = { ...sample.sampling, refusalsUnseen: 'shown to root only.' };
    if (refusals === 'unseen') return { ...sample, sampling };
    const none = { perSecond: 0, lastMinute: 0, total: 0, processes: [] };
    const groups = sample.groups.map((group) => ({
      ...group,
      connectFailures:
        group.free > 0
          ? none
          : { ...FAILURES, total: FAILURES.total + 30 * second, perSecond: second === 0 ? 0 : 30 },
    }));
    return { ...sample, groups };
  });
}

/** The model of the last of these samples. */
export function modelOfSamples(samples: readonly Sample[]): Model {
  const stream = new ModelStream();
  const model = samples.map((sample) => stream.next(sample)).at(-1);
  if (model === undefined) throw new Error('no samples');
  return model;
}
