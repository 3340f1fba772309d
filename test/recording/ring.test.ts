import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openRecorded } from '../../src/recording/open.ts';
import { ringOutput } from '../../src/recording/ring.ts';
import { olderName } from '../../src/recording/file-name.ts';
import { SourceError } from '../../src/source/source-error.ts';
import { FileRemovedError } from '../../src/source/whereabouts.ts';
import { RecordingFile } from '../../src/recording/file.ts';
import {
  fileOf,
  keyframe,
  memberOf,
  newPath,
  numbersIn,
  recordingOf,
  splitMembers,
} from '../helpers/recordings.ts';

const START_MS = 1_000_000_000;
const MINUTE_MS = 60_000;

/** The member of one second. */
function secondOf(number: number, atMs = START_MS + 1000 * number): Buffer {
  return memberOf(number, atMs);
}

function open(path: string) {
  const news: string[] = [];
  const output = ringOutput({
    path,
    lengthMs: MINUTE_MS,
    version: '0.0.0',
    onNews: (text) => news.push(text),
  });
  return { output, news };
}

/** Records these seconds into a ring, and ends. */
function record(path: string, from: number, to: number): void {
  const { output } = open(path);
  for (let number = from; number < to; number++) output.append(secondOf(number));
  expect(output.end()).toBe('there');
}

async function numbersAt(path: string): Promise<number[]> {
  const file = openRecorded(path);
  const numbers = await numbersIn(file);
  file.close();
  return numbers;
}

const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index);

describe('a ring', () => {
  test.each([
    // The first of a minute, and the one behind it.
    [60, 0, false],
    [61, 0, true],
    [121, 60, true],
    [200, 120, true],
  ])('of a minute, after %i seconds, begins at second %i', async (seconds, first, hasOlder) => {
    const path = newPath();
    record(path, 0, seconds);
    expect(existsSync(olderName(path))).toBe(hasOlder);
    expect(await numbersAt(path)).toEqual(range(Math.max(0, first), seconds));
  });

  test('is its owner’s alone, both files', () => {
    const path = newPath();
    record(path, 0, 61);
    for (const name of [path, olderName(path)]) expect(statSync(name).mode & 0o777).toBe(0o600);
  });

  test('is continued after a restart; either file can be read by itself', async () => {
    const path = newPath();
    for (const [from, to] of [
      [0, 30],
      [30, 50],
      [50, 100],
    ] as const)
      record(path, from, to);
    expect(await numbersAt(path)).toEqual(range(0, 100));
    expect(await numbersAt(olderName(path))).toEqual(range(0, 60));
    const alone = newPath();
    renameSync(path, alone);
    expect(await numbersAt(alone)).toEqual(range(60, 100));
  });

  test('after a crash in the middle of a second, goes on behind what is whole', async () => {
    const path = newPath();
    record(path, 0, 10);
    truncateSync(path, statSync(path).size - 5);
    record(path, 10, 20);
    expect(await numbersAt(path)).toEqual([...range(0, 9), ...range(10, 20)]);
    const file = openRecorded(path);
    expect(file.problem).toBeUndefined();
    file.close();
  });

  test.each([0, 1])('whose files were begun and never written to, goes on (%i)', async (which) => {
    const path = newPath();
    if (which === 1) record(path, 0, 61);
    writeFileSync(path, '', { mode: 0o600 });
    record(path, 100, 110);
    expect((await numbersAt(path)).slice(-10)).toEqual(range(100, 110));
  });

  test('without its newer file is begun anew behind the older one', async () => {
    const path = newPath();
    record(path, 0, 61);
    rmSync(path);
    record(path, 100, 103);
    expect(await numbersAt(path)).toEqual([...range(0, 60), ...range(100, 103)]);
  });

  test('does not grow where the clock is set back again and again', () => {
    const path = newPath();
    const { output } = open(path);
    for (let number = 0; number < 120; number++) output.append(secondOf(number, START_MS));
    expect(existsSync(olderName(path))).toBe(false);
    output.append(secondOf(120, START_MS));
    output.end();
    expect(existsSync(olderName(path))).toBe(true);
  });

  test('of another ring is not joined', async () => {
    const [one, other] = [newPath(), newPath()];
    record(one, 0, 61);
    record(other, 200, 261);
    renameSync(olderName(other), olderName(one));
    expect(await numbersAt(one)).toEqual([60]);
  });

  test('whose files are one, as when it turned while it was opened, is not read twice', async () => {
    const path = newPath();
    record(path, 0, 5);
    writeFileSync(olderName(path), readFileSync(path));
    expect(await numbersAt(path)).toHaveLength(10);
    rmSync(olderName(path));
    const { linkSync } = await import('node:fs');
    linkSync(path, olderName(path));
    expect(await numbersAt(path)).toEqual(range(0, 5));
  });

  test('with damage in either file loses those seconds alone, and says so', async () => {
    const path = newPath();
    record(path, 0, 70);
    const bytes = readFileSync(olderName(path));
    const members = splitMembers(bytes);
    const at = members.slice(0, 31).reduce((sum, member) => sum + member.length, 0) + 60;
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    writeFileSync(olderName(path), bytes);
    expect(await numbersAt(path)).toEqual([...range(0, 30), ...range(31, 70)]);
  });
});

describe('a ring is not opened', () => {
  test.each([
    ['what is no recording', () => fileOf(Buffer.from('a letter')), /no recording/],
    ['a recording that is no ring', () => fileOf(recordingOf([[keyframe(1, 1)]])), /no ring/],
    [
      'a file that others may read',
      () => {
        const path = newPath();
        record(path, 0, 2);
        chmodSync(path, 0o644);
        return path;
      },
      /others than its owner/,
    ],
  ])('over %s, which stays as it is', (_, make, reason) => {
    const path = make();
    if (!/others/.test(reason.source)) chmodSync(path, 0o600);
    const before = readFileSync(path);
    expect(() => open(path)).toThrow(SourceError);
    expect(() => open(path)).toThrow(reason);
    expect(readFileSync(path)).toEqual(before);
  });

  test.runIf(process.getuid?.() === 0)('over a file of another user', () => {
    const path = newPath();
    record(path, 0, 2);
    chownSync(path, 65_534, 65_534);
    expect(() => open(path)).toThrow(/belongs to another user/);
  });

  test('where there is no directory', () => {
    expect(() => open('/no/such/directory/ring.eph.gz')).toThrow(/no such file/);
  });
});

describe('while it is written', () => {
  test('a file that is removed ends it', () => {
    const path = newPath();
    const { output } = open(path);
    output.append(secondOf(0));
    rmSync(path);
    expect(() => output.append(secondOf(1))).toThrow(FileRemovedError);
  });

  test('another program that writes to it ends it, and nothing of that is lost', async () => {
    const path = newPath();
    const { output } = open(path);
    output.append(secondOf(0));
    appendFileSync(path, secondOf(1));
    expect(() => output.append(secondOf(2))).toThrow(/another program writes/);
    expect(await numbersAt(path)).toEqual([0, 1]);
  });
});

test.each([
  ['web.eph.gz', 'web-older.eph.gz'],
  ['a/web.gz', 'a/web-older.gz'],
  ['web', 'web-older'],
  ['.eph.gz', '.eph-older.gz'],
])('the older file of %s is %s', (path, older) => {
  expect(olderName(path)).toBe(older);
});

test('a header without a ring says so', () => {
  const file = new RecordingFile(fileOf(recordingOf([[keyframe(1, 1)]])));
  expect(file.ring).toBeUndefined();
  file.close();
});
