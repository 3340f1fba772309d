import { describe, expect, test } from 'vitest';
import { earlyLeaving } from '../../src/model/early-expiry.ts';
import { sampleOfSockets, SMALL_RANGE } from '../helpers/sockets.ts';

const leaving = (timeWaitNow: number | undefined, buckets: string | null, reuse?: number) => {
  const sysctls = { ...SMALL_RANGE, 'net.ipv4.tcp_max_tw_buckets': buckets };
  const sample = sampleOfSockets([], { sysctls, counters: { timeWaitNow } });
  return earlyLeaving(sample, { reusableFromAgeMs: reuse });
};

describe('sockets may skip TIME_WAIT', () => {
  test.for([
    [949, '1000', undefined],
    [950, '1000', 'buckets'],
    [1000, '1000', 'buckets'],
    // A number that is not known is not near any limit.
    [undefined, '1000', undefined],
    [undefined, '1', undefined],
    [1, '1', 'buckets'],
    [1000, null, undefined],
  ] as const)('with %j of at most %j: %j', ([now, buckets, expected]) => {
    expect(leaving(now, buckets)).toBe(expected);
  });
});

test('connect() takes them over before the limit does', () => {
  expect(leaving(1000, '1000', 1000)).toBe('reuse');
  expect(leaving(0, '1000', 0)).toBe('reuse');
});
