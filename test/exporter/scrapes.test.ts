import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Scrapes } from '../../src/exporter/scrapes.ts';

/** Scrapes whose readings end when the test says so, in a time that the test sets. */
function scraping() {
  const time = { ms: 0 };
  const readings: { resolve: (text: string) => void; reject: (error: Error) => void }[] = [];
  const sleepers: { atMs: number; wake: () => void }[] = [];
  const failures: string[] = [];
  const scrapes = new Scrapes({
    read: () => new Promise((resolve, reject) => readings.push({ resolve, reject })),
    down: () => 'down',
    onFailure: (problem) => failures.push(problem),
    clock: {
      monotonicMs: () => time.ms,
      sleep: (durationMs) =>
        new Promise((wake) => sleepers.push({ atMs: time.ms + durationMs, wake })),
    },
  });
  const pass = async (ms: number) => {
    time.ms += ms;
    for (const { atMs, wake } of sleepers) if (atMs <= time.ms) wake();
    await settled();
  };
  /** A scrape whose reading fails. */
  const fail = async (reason: string) => {
    const scrape = scrapes.take();
    readings.at(-1)?.reject(new Error(reason));
    return (await scrape)?.plain.toString();
  };
  const succeed = async () => {
    const scrape = scrapes.take();
    readings.at(-1)?.resolve('fine');
    return (await scrape)?.plain.toString();
  };
  return { scrapes, readings, failures, pass, fail, succeed };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a reading', () => {
  test('is shared by those who come while it is taken, and by nobody after', async () => {
    const { scrapes, readings } = scraping();
    const [first, second] = [scrapes.take(), scrapes.take()];
    expect(readings).toHaveLength(1);
    readings[0]?.resolve('one');
    expect(await first).toBe(await second);
    void scrapes.take();
    expect(readings).toHaveLength(2);
  });

  test('is compressed once', async () => {
    const { scrapes, readings } = scraping();
    const taken = scrapes.take();
    readings[0]?.resolve('text'.repeat(100));
    const scrape = await taken;
    const [one, other] = [await scrape?.gzipped(), await scrape?.gzipped()];
    expect(one).toBe(other);
    expect(gunzipSync(one ?? '').toString()).toBe('text'.repeat(100));
  });

  test('that takes 9 s is not waited for, and may still end', async () => {
    const { scrapes, readings, pass } = scraping();
    const late = scrapes.take();
    await pass(8999);
    const after = scrapes.take();
    await pass(1);
    expect(await late).toBeUndefined();
    readings[0]?.resolve('slow');
    expect((await after)?.plain.toString()).toBe('slow');
    expect(readings).toHaveLength(1);
  });
});

describe('the first reading', () => {
  test('makes the exporter of use when it ends, however late; who asks meanwhile waits 1 s', async () => {
    const { scrapes, readings, pass } = scraping();
    const started = scrapes.start();
    const early = scrapes.take();
    expect(scrapes.problem()).toMatch(/first reading .* not come to an end/);
    await pass(999);
    const second = scrapes.take();
    await pass(1);
    expect(await early).toBeUndefined();
    readings[0]?.resolve('fine');
    expect((await second)?.plain.toString()).toBe('fine');
    await started;
    expect(scrapes.problem()).toBeUndefined();
    expect(readings).toHaveLength(1);
  });

  test('that fails is an error for who starts, and is not told twice', async () => {
    const { scrapes, readings, failures } = scraping();
    const started = scrapes.start();
    const early = scrapes.take();
    const error = new Error('no such proc');
    readings[0]?.reject(error);
    await expect(started).rejects.toBe(error);
    expect((await early)?.plain.toString()).toBe('down');
    expect(failures).toEqual([]);
  });

  test('is the only one that ends by its failure', async () => {
    const { scrapes, readings, failures, fail } = scraping();
    const started = scrapes.start();
    readings[0]?.resolve('fine');
    await started;
    expect(await fail('no memory')).toBe('down');
    expect(failures).toEqual(['no memory']);
  });
});

describe('an exporter whose kernel cannot be read', () => {
  test('says so in its metrics, once in its log, and after 30 s in its health', async () => {
    const { scrapes, failures, pass, fail, succeed } = scraping();
    expect(await fail('no memory')).toBe('down');
    expect(await fail('no memory')).toBe('down');
    expect(failures).toEqual(['no memory']);
    expect(scrapes.problem()).toBeUndefined();
    await pass(29_999);
    await fail('no memory');
    expect(scrapes.problem()).toBeUndefined();
    await pass(1);
    expect(scrapes.problem()).toBe('no memory');
    expect(await succeed()).toBe('fine');
    expect(scrapes.problem()).toBeUndefined();
  });

  test('tries again where only its health is asked for, at most every 5 s', async () => {
    const { scrapes, readings, pass, fail } = scraping();
    await fail('no memory');
    await pass(4999);
    scrapes.problem();
    expect(readings).toHaveLength(1);
    await pass(1);
    scrapes.problem();
    scrapes.problem();
    expect(readings).toHaveLength(2);
    readings[1]?.resolve('fine');
    await pass(60_000);
    expect(scrapes.problem()).toBeUndefined();
    expect(readings).toHaveLength(2);
  });

  test('is broken where a reading does not end for 30 s', async () => {
    const { scrapes, pass } = scraping();
    void scrapes.take();
    await pass(29_999);
    expect(scrapes.problem()).toBeUndefined();
    await pass(1);
    expect(scrapes.problem()).toMatch(/does not come to an end/);
  });
});
