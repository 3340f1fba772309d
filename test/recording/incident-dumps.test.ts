import { existsSync, rmSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AROUND_MS, IncidentDumps } from '../../src/recording/incident-dumps.ts';
import { RecordingFile } from '../../src/recording/file.ts';
import { recordingFile } from '../../src/recording/writer.ts';
import { SourceError } from '../../src/source/source-error.ts';
import { memberOf, newPath, numberedSample, numbersIn } from '../helpers/recordings.ts';

const START_MS = 1_000_000_000;
const AROUND = AROUND_MS / 1000;

/** Seconds of a recorder, each with whether it is critical; the paths of the files and what was said. */
function watch(seconds: number, isCritical: (second: number) => boolean, create?: () => never) {
  const paths: string[] = [];
  const news: string[] = [];
  const whole: string[] = [];
  const dumps = new IncidentDumps({
    create:
      create ??
      (() => {
        const path = newPath();
        paths.push(path);
        return { path, output: recordingFile(path) };
      }),
    version: '0.0.0',
    onNews: (text) => news.push(text),
    onWhole: (path) => whole.push(path),
  });
  const tick = (second: number) => {
    const atMs = START_MS + 1000 * second;
    dumps.see(numberedSample(second, atMs), isCritical(second));
    dumps.append(memberOf(second, atMs));
  };
  for (let second = 0; second < seconds; second++) tick(second);
  return { paths, news, whole, dumps, tick };
}

async function secondsIn(path: string | undefined): Promise<number[]> {
  const file = new RecordingFile(path ?? '');
  const found = await numbersIn(file);
  expect(file.problem).toBeUndefined();
  file.close();
  return found;
}

describe('a file for each incident', () => {
  test('holds the minutes before and after it, and nothing else', async () => {
    const critical = (second: number) => second >= 400 && second < 420;
    const { paths, whole } = watch(1000, critical);
    expect(paths).toHaveLength(1);
    expect(whole).toEqual(paths);
    const seconds = await secondsIn(paths[0]);
    expect([seconds[0], seconds.at(-1)]).toEqual([399 - AROUND, 419 + AROUND]);
    expect(seconds).toHaveLength(20 + 2 * AROUND + 1);
    expect(statSync(paths[0] ?? '').mode & 0o777).toBe(0o600);
  });

  test('without an incident there is none', () => {
    expect(watch(500, () => false).paths).toEqual([]);
  });

  test('two incidents within the minutes after are one file, and behind that two', async () => {
    const at = (...seconds: number[]) => watch(1000, (second) => seconds.includes(second)).paths;
    expect(at(10, 10 + AROUND - 1)).toHaveLength(1);
    const apart = at(10, 10 + AROUND + 1);
    expect(apart).toHaveLength(2);
    expect((await secondsIn(apart[1]))[0]).toBe(10);
  });

  test('at the end of the recording it is whole as far as it went', async () => {
    const { paths, whole, dumps } = watch(20, (second) => second >= 15);
    expect(whole).toEqual([]);
    dumps.end();
    expect(whole).toEqual(paths);
    expect(await secondsIn(paths[0])).toEqual(Array.from({ length: 20 }, (_, second) => second));
  });

  test('that goes on for hours keeps one second a minute, and its end whole', async () => {
    const hours = 2;
    const end = 10 + hours * 3600;
    const { paths } = watch(end + AROUND + 10, (second) => second >= 10 && second < end);
    expect(paths).toHaveLength(1);
    const seconds = await secondsIn(paths[0]);
    const within = (from: number, to: number) =>
      seconds.filter((second) => second >= from && second < to).length;
    expect(within(0, 3600)).toBe(3600);
    expect(within(3700, end)).toBeLessThan(62);
    expect(within(3700, end)).toBeGreaterThan(55);
    expect(within(end + 5, end + AROUND - 1)).toBe(AROUND - 6);
  });
});

describe('where it cannot be written', () => {
  test('that is said once for the incident, and the next one is tried again', () => {
    let tries = 0;
    const { news } = watch(
      700,
      (second) => second < 100 || second > 650,
      () => {
        tries++;
        throw new SourceError('cannot record to x: no space is left on the disk.');
      },
    );
    expect(tries).toBe(2);
    expect(news).toHaveLength(2);
    expect(news[0]).toContain('no space is left');
  });

  test('a file that is removed ends, with a sentence; others come after it', () => {
    const seen = watch(20, (second) => second >= 5);
    const [path = ''] = seen.paths;
    expect(existsSync(path)).toBe(true);
    rmSync(path);
    seen.tick(21);
    expect(seen.news.at(-1)).toContain('the file was removed');
    expect(seen.paths).toHaveLength(1);
    expect(existsSync(path)).toBe(false);
  });
});
