import { afterEach, describe, expect, it, test } from 'vitest';
import { RecordedSamples } from '../../src/recording/samples.ts';
import { RecordingFile } from '../../src/recording/file.ts';
import { SampleEncoder } from '../../src/recording/sample-codec.ts';
import { ReplayPlayer } from '../../src/recording/player.ts';
import type { PlaybackRequest } from '../../src/model/playback.ts';
import { stoppedClock } from '../helpers/fixture.ts';
import {
  countingRecording,
  fileOf,
  keyframe,
  numberedSample,
  numberOf,
  recordingOf,
  splitMembers,
} from '../helpers/recordings.ts';

const opened: RecordingFile[] = [];
afterEach(() => {
  for (const file of opened.splice(0)) file.close();
});

const PLAYING: PlaybackRequest = { playing: true, speed: 1, goal: undefined };

/** A player whose clock moves when it sleeps, and that is stopped once it has slept for so long without a frame. */
function open(bytes: Uint8Array, patienceMs = 5000) {
  const file = new RecordingFile(fileOf(bytes));
  opened.push(file);
  const stop = new AbortController();
  let nowMs = 0;
  let sinceFrameMs = 0;
  const clock = {
    ...stoppedClock,
    monotonicMs: () => nowMs,
    sleep: async (durationMs: number) => {
      nowMs += durationMs;
      sinceFrameMs += durationMs;
      if (sinceFrameMs > patienceMs) stop.abort();
    },
  };
  const player = new ReplayPlayer(new RecordedSamples(file, clock), file.index, clock);
  const frames = player.frames(stop.signal);
  /** The next frame, and when it came; undefined: none. */
  async function next() {
    sinceFrameMs = 0;
    const { value } = await frames.next();
    if (!value) return undefined;
    const { sample, earlier, ...frame } = value;
    const numbers = earlier && { earlier: earlier.map(numberOf) };
    return { ...frame, sample: numberOf(sample), ...numbers, atMs: nowMs };
  }
  return { file, player, next, advance: (byMs: number) => (nowMs += byMs) };
}

const MINUTE = countingRecording(60);

describe('a recording is played', () => {
  it('at the pace at which it was recorded, at most twice a second, to its end', async () => {
    const { next } = open(MINUTE);
    const seen: { atMs: number; elapsedMs: number; isLast: boolean }[] = [];
    for (let frame = await next(); frame !== undefined; frame = await next()) seen.push(frame);
    expect(seen.length).toBeGreaterThan(100);
    expect(seen.length).toBeLessThan(140);
    for (const { atMs, elapsedMs } of seen) expect(Math.abs(atMs - elapsedMs)).toBeLessThan(500);
    expect(seen.map(({ isLast }) => isLast).indexOf(true)).toBe(seen.length - 1);
    expect(seen.at(-1)).toMatchObject({ elapsedMs: 59_750, index: 239, sample: 239 });
  });

  it.for([2, 16, 0.25])('%f times as fast', async (speed) => {
    const { next, player } = open(MINUTE);
    await next();
    player.want({ ...PLAYING, speed });
    for (let count = 0; count < 7; count++) {
      const { atMs = 0, elapsedMs = 0 } = (await next()) ?? {};
      expect(Math.abs(atMs * speed - elapsedMs)).toBeLessThan(500 * speed);
      expect(elapsedMs).toBeGreaterThan(0);
    }
  });

  it('through pauses of the sampling', async () => {
    const at = (takenAtMs: number, number: number) => [keyframe(number, takenAtMs)];
    const { next } = open(recordingOf([at(0, 0), at(1000, 1), at(31_000, 2)]), 60_000);
    expect([await next(), await next(), await next()]).toMatchObject([
      { sample: 0, atMs: 0 },
      { sample: 1, atMs: 1000 },
      { sample: 2, atMs: 31_000 },
    ]);
  });

  it('and does not run on while the program is stopped', async () => {
    const { next, advance } = open(MINUTE);
    await next();
    await next();
    advance(30_000);
    expect((await next())?.elapsedMs).toBeLessThan(4000);
  });
});

describe('paused', () => {
  it('stands still, and goes on from there', async () => {
    const { next, player, advance } = open(MINUTE);
    await next();
    const { elapsedMs = 0 } = (await next()) ?? {};
    player.want({ ...PLAYING, playing: false, goal: { elapsedMs } });
    expect(await next()).toMatchObject({ elapsedMs, goal: { elapsedMs } });
    advance(20_000);
    player.want(PLAYING);
    expect((await next())?.elapsedMs).toBeLessThan(elapsedMs + 1000);
  });

  it('nothing comes', async () => {
    const { next, player } = open(MINUTE);
    await next();
    player.want({ ...PLAYING, playing: false });
    expect(await next()).toBeUndefined();
  });
});

describe('a goal', () => {
  const paused = (goal: PlaybackRequest['goal']): PlaybackRequest => ({
    ...PLAYING,
    playing: false,
    goal,
  });

  it.for<[goal: NonNullable<PlaybackRequest['goal']>, sample: number]>([
    [{ sample: 100 }, 100],
    [{ sample: -3 }, 0],
    [{ sample: Infinity }, 239],
    [{ elapsedMs: 30_000 }, 120],
    [{ elapsedMs: 30_249 }, 120],
    [{ elapsedMs: -1 }, 0],
    [{ elapsedMs: Infinity }, 239],
  ])('%j is sample %i', async ([goal, sample]) => {
    const { next, player } = open(MINUTE);
    await next();
    player.want(paused(goal));
    expect(await next()).toMatchObject({ sample, index: sample, goal, isLast: sample === 239 });
  });

  it('comes with samples before it, the oldest first, but for the next sample', async () => {
    const { next, player } = open(countingRecording(1000), 1e6);
    await next();
    player.want(paused({ elapsedMs: 955_000 }));
    const { earlier = [] } = (await next()) ?? {};
    // Whole ones: each second of the last ones, and none that is older than 15 minutes; at the end, every one.
    const seconds = (from: number, step: number, to: number) =>
      Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);
    expect(earlier.map((sample) => sample / 4)).toEqual([
      ...seconds(55, 30, 835),
      ...seconds(865, 1, 934),
      ...seconds(935, 0.25, 954.75),
    ]);
    player.want(paused({ sample: 955 * 4 + 1 }));
    expect(await next()).toEqual(expect.not.objectContaining({ earlier: expect.anything() }));
  });

  it('is reached once', async () => {
    const { next, player } = open(MINUTE);
    await next();
    const goal = { sample: 5 };
    player.want(paused(goal));
    await next();
    player.want({ ...paused(goal), speed: 2 });
    expect(await next()).toBeUndefined();
  });

  it('beyond what can be read is the last sample before the damage', async () => {
    const middle = MINUTE.length >> 1;
    const { file, next, player } = open(Buffer.from(MINUTE).fill(0, middle));
    await next();
    player.want(paused({ sample: Infinity }));
    const frame = await next();
    expect(frame).toMatchObject({ isLast: true, sample: file.index.samples - 1 });
    expect(frame?.durationMs).toBe(frame?.elapsedMs);
    expect(file.problem).toMatch(/is damaged from byte/);
  });
});

describe('where a second is damaged', () => {
  /** The tenth second of a minute, of the samples 40 to 43. */
  const damaged = (() => {
    const members = splitMembers(MINUTE);
    return Buffer.concat(
      members.map((member, index) => (index === 11 ? Buffer.from(member).fill(0, 50, 60) : member)),
    );
  })();

  it('is played over, in the time that it lasted', async () => {
    const { file, next } = open(damaged);
    const seen: { sample: number; atMs: number; elapsedMs: number; isLast: boolean }[] = [];
    for (let frame = await next(); frame !== undefined; frame = await next()) seen.push(frame);
    expect(seen.filter(({ sample }) => sample >= 40 && sample < 44)).toEqual([]);
    for (const { atMs, elapsedMs } of seen) expect(Math.abs(atMs - elapsedMs)).toBeLessThan(1500);
    expect(seen.at(-1)).toMatchObject({ sample: 239, isLast: true });
    expect(file.problem).toMatch(/is damaged from byte \d+ to \d+; the rest is shown/);
  });

  it('keys go over it, forward and back', async () => {
    const { next, player } = open(damaged);
    await next();
    const to = async (sample: number) => {
      player.want({ ...PLAYING, playing: false, goal: { sample } });
      return (await next())?.sample;
    };
    expect([await to(39), await to(40), await to(43), await to(42)]).toEqual([39, 44, 39, 44]);
  });
});

test('a key ends a reading that takes long, and so does the end of the view', async () => {
  const encoder = new SampleEncoder();
  const lines = Array.from({ length: 900 }, (_, number) =>
    encoder.encode(numberedSample(number, number)),
  );
  const file = new RecordingFile(fileOf(recordingOf([lines])));
  opened.push(file);
  const stop = new AbortController();
  let [nowMs, pauses] = [0, 0];
  const clock = {
    ...stoppedClock,
    // Each sample takes 10 ms.
    monotonicMs: () => (nowMs += 10),
    sleep: async (durationMs: number) => {
      if (durationMs > 0) return;
      pauses += 1;
      if (pauses === 3) player.want({ ...PLAYING, playing: false, goal: { sample: 2 } });
      if (pauses === 100) stop.abort();
    },
  };
  const player = new ReplayPlayer(new RecordedSamples(file, clock), file.index, clock);
  const frames = player.frames(stop.signal);
  await frames.next();
  player.want({ ...PLAYING, playing: false, goal: { sample: Infinity } });
  const { value } = await frames.next();
  expect(value).toMatchObject({ index: 2 });
  // Undisturbed for 300 ms, then told at the next pause.
  expect(pauses).toBeLessThan(15);
  player.want({ ...PLAYING, playing: false, goal: { sample: Infinity } });
  expect((await frames.next()).done).toBe(true);
  expect(pauses).toBe(100);
});
