import { expect, test } from 'vitest';
import type { Model } from '../../src/model/model.ts';
import type { ReplayFrame } from '../../src/model/playback.ts';
import { feedReplay } from '../../src/ui/feed-replay.ts';
import { connections, sampleOfSockets } from '../helpers/sockets.ts';

const NOON = Date.UTC(2026, 10, 21, 12);

const at = (second: number, count: number) =>
  sampleOfSockets(connections(count), {
    takenAtMs: NOON + 1000 * second,
    counters: { activeOpens: count },
  });

const PLACE = { index: 1, elapsedMs: 1000, durationMs: 100_000, isLast: false };

/** What is shown and said of a recording that has these frames after its first sample. */
async function fed(
  first: ReplayFrame['sample'],
  frames: readonly ReplayFrame[],
  problems: readonly (string | undefined)[] = [],
) {
  const shown: (readonly [Model, object, readonly Model[] | undefined])[] = [];
  const said: string[] = [];
  const left = [...problems];
  async function* framesOf() {
    yield* frames;
  }
  await feedReplay(
    { start: PLACE, frames: framesOf(), want: () => {}, problem: () => left.shift() },
    first,
    {
      show: (model, step, earlier) => shown.push([model, step, earlier]),
      say: (text) => said.push(text),
    },
  );
  return { shown, said };
}

test('each frame is shown with its place, and compared with the ones before', async () => {
  const { shown } = await fed(at(0, 10), [
    { ...PLACE, sample: at(10, 20) },
    { ...PLACE, index: 2, sample: at(20, 60) },
  ]);
  expect(shown.map(([, step, earlier]) => [step, earlier])).toEqual([
    [PLACE, undefined],
    [{ ...PLACE, index: 2 }, undefined],
  ]);
  expect(shown.map(([model]) => model.opensPerSecond)).toEqual([1, 4]);
});

test('after a jump rates are told from the earlier samples that came along, as if they had been shown', async () => {
  const { shown } = await fed(at(0, 10), [
    { ...PLACE, sample: at(10, 20) },
    { ...PLACE, sample: at(20, 60) },
  ]);
  const goal = { sample: 40 };
  const jumped = await fed(at(500, 90), [
    { ...PLACE, goal, sample: at(20, 60), earlier: [at(0, 10), at(10, 20)] },
  ]);
  const [model, step, earlier] = jumped.shown[0] ?? [];
  expect(model).toEqual(shown[1]?.[0]);
  expect(model?.opensPerSecond).toBe(4);
  expect(step).toEqual({ ...PLACE, goal });
  expect(earlier?.[1]).toEqual(shown[0]?.[0]);
  expect(earlier?.map(({ sample }) => sample.takenAtMs)).toEqual([NOON, NOON + 10_000]);
});

test('what cannot be read is said once, until it is something else', async () => {
  const frame = { ...PLACE, sample: at(10, 20) };
  const problems = [undefined, 'It is cut.', 'It is cut.', 'It is damaged.'];
  const { said } = await fed(at(0, 10), [frame, frame, frame], problems);
  expect(said).toEqual(['It is cut.', 'It is damaged.']);
});
