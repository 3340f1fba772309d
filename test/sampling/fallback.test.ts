import { expect, it } from 'vitest';
import { withFallback } from '../../src/sampling/fallback.ts';
import type { KernelReader } from '../../src/source/kernel-files.ts';
import { SourceError } from '../../src/source/source-error.ts';
import { connections, reading } from '../helpers/sockets.ts';

const READING = reading(connections(3));

/** A reader that may be told to fail, and says how often it was asked. */
function reader(source: 'netlink' | 'procfs') {
  const state = { error: undefined as Error | undefined, asked: 0, closed: 0 };
  const read = (): typeof READING => {
    state.asked++;
    if (state.error !== undefined) throw state.error;
    return { ...READING, source };
  };
  const timestampsOf = () => [source === 'netlink'];
  const close = () => void state.closed++;
  return { state, read: Object.assign(read, { timestampsOf, close }) satisfies KernelReader };
}

function bothReaders() {
  const [netlink, procfs] = [reader('netlink'), reader('procfs')];
  const clock = { nowMs: 0, monotonicMs: () => clock.nowMs };
  const read = withFallback(netlink.read, () => procfs.read, clock);
  const sourceAt = (nowMs: number) => {
    clock.nowMs = nowMs;
    return read().source;
  };
  return { netlink: netlink.state, procfs: procfs.state, read, sourceAt };
}

const NO_MEMORY = new SourceError('no memory.');

it('what fails once is back a second later', () => {
  const { netlink, read, sourceAt } = bothReaders();
  expect(sourceAt(0)).toBe('netlink');
  expect(read.fallback()).toBeUndefined();
  netlink.error = NO_MEMORY;
  expect(sourceAt(100)).toBe('procfs');
  expect(read.fallback()).toBe('no memory.');
  expect(read.timestampsOf?.([0])).toEqual([false]);
  netlink.error = undefined;
  expect(sourceAt(1099)).toBe('procfs');
  expect(sourceAt(1100)).toBe('netlink');
  expect(read.fallback()).toBeUndefined();
  expect(read.timestampsOf?.([0])).toEqual([true]);
});

it('what fails for good is asked ever less often, at last every ten minutes', () => {
  const { netlink, sourceAt } = bothReaders();
  netlink.error = NO_MEMORY;
  const askedAt: number[] = [];
  for (let second = 0; second < 3600; second++) {
    const before = netlink.asked;
    expect(sourceAt(1000 * second)).toBe('procfs');
    if (netlink.asked > before) askedAt.push(second);
  }
  expect(askedAt).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 1023, 1623, 2223, 2823, 3423]);
});

it('a new failure is asked about as soon as the first one was', () => {
  const { netlink, sourceAt } = bothReaders();
  netlink.error = NO_MEMORY;
  for (const nowMs of [0, 1000, 3000]) sourceAt(nowMs);
  netlink.error = undefined;
  expect(sourceAt(7000)).toBe('netlink');
  netlink.error = NO_MEMORY;
  sourceAt(8000);
  netlink.error = undefined;
  expect(sourceAt(9000)).toBe('netlink');
});

it('if both fail the second one says why; a mistake of ours is no reason to fall back', () => {
  const { netlink, procfs, sourceAt } = bothReaders();
  netlink.error = NO_MEMORY;
  procfs.error = new SourceError('procfs is not mounted.');
  expect(() => sourceAt(0)).toThrow('procfs is not mounted.');
  netlink.error = new TypeError('a mistake');
  expect(() => sourceAt(1000)).toThrow('a mistake');
});

it('closes both', () => {
  const { netlink, procfs, read, sourceAt } = bothReaders();
  netlink.error = NO_MEMORY;
  sourceAt(0);
  read.close();
  expect([netlink.closed, procfs.closed]).toEqual([1, 1]);
});
