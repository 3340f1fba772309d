import { afterEach, describe, expect, test } from 'vitest';
import type { Model } from '../../src/model/model.ts';
import { ModelStream } from '../../src/model/model-stream.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { RecordingFile } from '../../src/recording/file.ts';
import { ReplayPlayer } from '../../src/recording/player.ts';
import { RecordedSamples } from '../../src/recording/samples.ts';
import { stoppedClock } from '../helpers/fixture.ts';
import { fileOf, recordingOfSamples } from '../helpers/recordings.ts';
import { closedLately, connections, SMALL_RANGE, sampleOfSockets } from '../helpers/sockets.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const NONE = { perSecond: 0, lastMinute: 0, total: 0, processes: [] };

const opened: RecordingFile[] = [];
afterEach(() => {
  for (const file of opened.splice(0)) file.close();
});

/** A sample a second: from `dry[0]` to `dry[1]` all of 100 ports are taken and ten calls a second refused. */
function recorded(seconds: number, dry: readonly [number, number], reuseFrom = Infinity) {
  return Array.from({ length: seconds }, (_, second): Sample => {
    const isDry = second >= dry[0] && second < dry[1];
    const total = 10 * Math.max(0, Math.min(second + 1, dry[1]) - dry[0]);
    const sample = sampleOfSockets(
      [...connections(10), ...closedLately(isDry ? 90 : 0, {}, 40_010)],
      {
        takenAtMs: NOON + 1000 * second,
        sysctls: { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse': second >= reuseFrom ? '1' : '0' },
      },
    );
    const connectFailures = { ...NONE, perSecond: isDry ? 10 : 0, total };
    return { ...sample, groups: sample.groups.map((group) => ({ ...group, connectFailures })) };
  });
}

const said = ({ worst, followed }: Model) => ({
  stage: worst?.limit?.stage,
  sinceMs: worst?.limit?.sinceMs,
  lastMs: worst?.limit?.lastMs,
  followed: followed.map(({ id, atMs }) => [id, atMs]),
  promised: followed.map(({ promised }) => promised),
});

/** What the last sample's model says: after a jump to it, and after all samples before it. */
async function afterJumpAndPlayed(samples: readonly Sample[]) {
  const file = new RecordingFile(fileOf(recordingOfSamples(samples)));
  opened.push(file);
  const player = new ReplayPlayer(
    new RecordedSamples(file, stoppedClock),
    file.index,
    stoppedClock,
  );
  const { earlier = [], sample } = await player.last();
  const jumped = new ModelStream();
  for (const each of earlier) jumped.next(each);
  const played = new ModelStream();
  for (const each of samples.slice(0, -1)) played.next(each);
  const last = samples.at(-1);
  if (last === undefined) throw new Error('a sample');
  return {
    looks: earlier.length,
    jumped: said(jumped.next(sample)),
    played: said(played.next(last)),
  };
}

describe('a jump says of an outage what playing says', () => {
  test.each<[what: string, seconds: number, dry: [number, number], stage: string]>([
    ['while it goes on', 60, [20, 61], 'dry'],
    ['4 s after it', 50, [20, 46], 'recovering'],
    ['a minute after one of 24 s', 110, [20, 44], 'over'],
    ['five minutes after one of 24 s', 350, [20, 44], 'over'],
    ['ten minutes after one that was shorter than the looks are apart', 700, [71, 79], 'over'],
    ['in one that has lasted for ten minutes', 700, [93, 701], 'dry'],
  ])('%s', async (_, seconds, dry, stage) => {
    const { jumped, played } = await afterJumpAndPlayed(recorded(seconds, dry));
    expect(jumped).toEqual(played);
    expect(jumped).toMatchObject({ stage, sinceMs: NOON + 1000 * dry[0] });
  });

  test.each([
    ['2 s', 38],
    ['80 s', 116],
    ['170 s', 206],
  ])(
    'and the same promise %s later, to a tenth of a percent, where samples are closer than a second',
    async (_, second) => {
      // Refused in bursts, each between two whole seconds: their highest mean depends on where it begins and ends.
      const bursts = (quarters: number) => 50 * Math.floor((quarters + 10) / 22) + quarters;
      const samples = recorded(second + 2, [24, 36], 36).flatMap((sample, at) =>
        [0, 1, 2, 3].map((quarter): Sample => {
          const total = bursts(Math.max(0, Math.min(48, 4 * (at - 24) + quarter)));
          return {
            ...sample,
            takenAtMs: sample.takenAtMs + 250 * quarter,
            groups: sample.groups.map((group) => ({
              ...group,
              connectFailures: { ...NONE, lastMinute: total, total },
            })),
          };
        }),
      );
      const { jumped, played } = await afterJumpAndPlayed(samples.slice(0, 4 * second + 1));
      expect(jumped.followed).toHaveLength(1);
      expect(jumped).toEqual(played);
    },
  );

  test('and of what was done against it, without a look at each second', async () => {
    const { jumped, played, looks } = await afterJumpAndPlayed(recorded(210, [20, 44], 43));
    expect(jumped).toEqual(played);
    expect(jumped.followed).toEqual([['enable-tw-reuse', NOON + 43_000]]);
    expect(looks).toBeLessThan(170);
  });
});
