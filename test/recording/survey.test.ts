import { describe, expect, test } from 'vitest';
import { findTurns } from '../../src/recording/find-turns.ts';
import { RecordingFile } from '../../src/recording/file.ts';
import { SampleEncoder } from '../../src/recording/sample-codec.ts';
import { everySample, survey } from '../../src/recording/survey.ts';
import { pressedSamples } from '../helpers/pressure.ts';
import { reportOf } from '../helpers/reports.ts';
import {
  countingRecording,
  fileOf,
  numbersIn,
  restlessClock,
  recordingOf,
  recordingOfSamples,
  splitMembers,
} from '../helpers/recordings.ts';
import { connections, sampleOfSockets } from '../helpers/sockets.ts';

async function numbers(bytes: Buffer, walk: typeof survey | typeof everySample): Promise<number[]> {
  const file = new RecordingFile(fileOf(bytes));
  const found = await numbersIn(file, walk);
  file.close();
  return found;
}

/** The recording with a byte changed in the middle of these members; 0 is the header. */
function damaged(bytes: Buffer, ...members: number[]): Buffer {
  const pieces = splitMembers(bytes).map((piece, index) => {
    const copy = Buffer.from(piece);
    if (members.includes(index)) copy[50] = (copy[50] ?? 0) ^ 0xff;
    return copy;
  });
  return Buffer.concat(pieces);
}

describe('a survey', () => {
  test('has the first sample of each second, and the last of all', async () => {
    expect(await numbers(countingRecording(4), survey)).toEqual([0, 4, 8, 12, 15]);
    expect(await numbers(countingRecording(1), survey)).toEqual([0, 3]);
  });

  test.each([
    [[2], [0, 8, 12, 15]],
    [[1], [4, 8, 12, 15]],
    [[4], [0, 4, 8, 11]],
    [
      [1, 2, 4],
      [8, 11],
    ],
  ])('with members %j damaged, has the others, each once', async (members, expected) => {
    expect(await numbers(damaged(countingRecording(4), ...members), survey)).toEqual(expected);
  });

  test('every sample is every sample, but those of the damage', async () => {
    const all = Array.from({ length: 16 }, (_, number) => number);
    expect(await numbers(countingRecording(4), everySample)).toEqual(all);
    expect(await numbers(damaged(countingRecording(4), 2), everySample)).toEqual(
      all.filter((number) => number < 4 || number >= 8),
    );
    expect(await numbers(damaged(countingRecording(4), 4), everySample)).toEqual(all.slice(0, 12));
  });
});

test('turning points are found with their place, and the search says how far it is', async () => {
  const file = new RecordingFile(fileOf(recordingOfSamples(pressedSamples())));
  const news = [];
  for await (const turns of findTurns(file, restlessClock, new AbortController().signal))
    news.push(turns);
  file.close();
  const last = news.at(-1);
  expect(last?.share).toBe(1);
  expect(last?.points.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['exhaustion', 'refusal']),
  );
  for (const { index, elapsedMs } of last?.points ?? []) expect(elapsedMs).toBe(1000 * index);
});

test('a search that is ended says nothing more', async () => {
  const file = new RecordingFile(fileOf(countingRecording(5)));
  const ended = AbortSignal.abort();
  const turns = findTurns(file, restlessClock, ended)[Symbol.asyncIterator]();
  expect((await turns.next()).done).toBe(true);
  file.close();
});

test('ports run out and come back when every sample says so, not when the next second begins', async () => {
  const encoder = new SampleEncoder();
  // Four a second; without ports from the 10th to the 29th.
  const samples = Array.from({ length: 80 }, (_, number) =>
    sampleOfSockets(connections(number >= 10 && number < 30 ? 100 : 5), {
      takenAtMs: 1_000_000 + 250 * number,
    }),
  );
  const lines = samples.map((sample, number) => encoder.encode(sample, number % 4 === 0));
  const seconds = Array.from({ length: 20 }, (_, at) => lines.slice(4 * at, 4 * at + 4));
  const file = new RecordingFile(fileOf(recordingOf(seconds)));
  const news = [];
  for await (const turns of findTurns(file, restlessClock, new AbortController().signal))
    news.push(turns);
  file.close();
  const points = news.at(-1)?.points.map(({ kind, index }) => [kind, index]);
  expect(points).toEqual(
    expect.arrayContaining([
      ['exhaustion', 10],
      ['recovery', 30],
    ]),
  );
});

test('the time line and a report have the same turning points, at the same samples', async () => {
  const encoder = new SampleEncoder();
  // Four a second; the warning comes, and goes, within one.
  const samples = Array.from({ length: 120 }, (_, number) =>
    sampleOfSockets(connections(number >= 6 && number < 49 ? 80 : 5), {
      takenAtMs: 1_000_000 + 250 * number,
    }),
  );
  const lines = samples.map((sample, number) => encoder.encode(sample, number % 4 === 0));
  const seconds = Array.from({ length: 30 }, (_, at) => lines.slice(4 * at, 4 * at + 4));
  const file = new RecordingFile(fileOf(recordingOf(seconds)));
  const news = [];
  for await (const turns of findTurns(file, restlessClock, new AbortController().signal))
    news.push(turns);
  file.close();
  const found = news.at(-1)?.points.map(({ kind, index, atMs }) => ({ kind, index, atMs }));
  expect(found).toMatchObject(
    reportOf(samples).points.map(({ kind, index, atMs }) => ({ kind, index, atMs })),
  );
  expect(found?.map(({ kind, index }) => [kind, index])).toEqual(
    expect.arrayContaining([
      ['warning', 6],
      ['over', 49],
    ]),
  );
});

test.each([
  { members: [], expected: { start: false, end: false } },
  { members: [2], expected: { start: false, end: false } },
  { members: [1], expected: { start: true, end: false } },
  { members: [0], expected: { start: true, end: false } },
  { members: [4], expected: { start: false, end: true } },
])('with members $members damaged, samples may be missing at its ends', async (given) => {
  const file = new RecordingFile(fileOf(damaged(countingRecording(4), ...given.members)));
  await numbersIn(file);
  expect(file.missingEnds).toEqual(given.expected);
  file.close();
});
