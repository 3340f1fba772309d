/** What ends an episode, and how many ports may have been free and taken between two looks. */
import { expect, test } from 'vitest';
import { LimitMemory, type LimitState } from '../../src/model/limit-memory.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { connections, sampleOfSockets } from '../helpers/sockets.ts';

interface Look {
  readonly atMs: number;
  /** Of 100 ports. */
  readonly used: number;
  readonly refused?: number;
  readonly activeOpens?: number | undefined;
}

function sampleAt({ atMs, used, refused = 0, activeOpens }: Look): Sample {
  const counters = activeOpens === undefined ? {} : { activeOpens };
  const sample = sampleOfSockets(connections(used), { takenAtMs: atMs, counters });
  const perSecond = Math.min(refused, 1);
  const connectFailures = { perSecond, lastMinute: refused, total: refused, processes: [] };
  return { ...sample, groups: sample.groups.map((group) => ({ ...group, connectFailures })) };
}

function after(...looks: readonly Look[]): LimitState | undefined {
  const memory = new LimitMemory();
  const states = looks.map(sampleAt).map((sample) => {
    const all = memory.push(sample);
    return all.get(sample.groups[0]?.key ?? '');
  });
  return states.at(-1);
}

test.for([
  [59_999, 0],
  [60_000, 60_000],
] as const)('dry again %i ms later, it is so since %i ms', ([atMs, sinceMs]) => {
  expect(after({ atMs: 0, used: 100 }, { atMs, used: 100 })).toMatchObject({ sinceMs });
});

test('another sample of the same moment forgets nothing', () => {
  expect(after({ atMs: 0, used: 100 }, { atMs: 0, used: 60 })).toMatchObject({ stage: 'dry' });
});

test.for([
  // A port for each open, and four to spare.
  [100, 100, 4, undefined],
  [100, 100, 5, 5],
  [100, 103, 7, undefined],
  [100, 103, 8, 8],
  // Ten refusals speak for ten ports at most, however many opens there were.
  [100, 900, 14, undefined],
  [100, 900, 15, 15],
  // Where opens are not known, so they do.
  [undefined, 100, 14, undefined],
  [undefined, 100, 15, 15],
  [100, undefined, 14, undefined],
  [100, undefined, 15, 15],
  [100, 50, 14, undefined],
  [100, 50, 15, 15],
] as const)('from %j opens to %j, ten refused, %i ports free: %j', ([before, now, free, seen]) => {
  const used = 100 - free;
  const looks = [
    { atMs: 0, used, activeOpens: before },
    { atMs: 250, used, activeOpens: now, refused: 10 },
  ];
  expect(after(...looks)?.refusedWithFree).toBe(seen);
});
