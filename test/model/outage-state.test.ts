import { expect, test } from 'vitest';
import { formatEmptyIn } from '../../src/format/units.ts';
import { limitReached } from '../../src/model/limit-memory.ts';
import { lullSeconds } from '../../src/model/outage-state.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const dry = (secondsAgo: number) => limitReached(NOW - secondsAgo * 1000);
const none = { perSecond: 0, lastMinute: 720, total: 720, processes: [] };

test.for([
  ['refused 3 s ago', { limit: dry(3), free: 96, connectFailures: none }, 3],
  ['refused just before', { limit: dry(2.9), free: 96, connectFailures: none }, undefined],
  ['refusals cannot be seen', { limit: dry(15), free: 1, connectFailures: undefined }, 15],
  ['no port is free', { limit: dry(15), free: 0, connectFailures: none }, undefined],
  [
    'it refuses now',
    { limit: dry(15), free: 96, connectFailures: { ...none, nowPerSecond: 1 } },
    undefined,
  ],
  [
    'it refuses no more',
    { limit: dry(15), free: 96, connectFailures: { ...none, perSecond: 9, nowPerSecond: 0 } },
    15,
  ],
  [
    'it refuses although ports look free',
    { limit: { ...dry(15), refusedWithFree: 90 }, free: 96, connectFailures: none },
    undefined,
  ],
  [
    'it has recovered',
    { limit: { ...dry(15), stage: 'recovering' }, free: 96, connectFailures: none },
    undefined,
  ],
  ['it was never out of ports', { limit: undefined, free: 96, connectFailures: none }, undefined],
] as const)('a lull: %s', ([, group, seconds]) => {
  expect(lullSeconds(group, NOW)).toBe(seconds);
});

test('the time of a lull stands in place of "now", in eight columns', () => {
  const text = (seconds?: number) =>
    formatEmptyIn({ etaSeconds: 0, growthPerSecond: 0, lullSeconds: seconds });
  expect(text()).toBe('now');
  expect(text(3)).toBe('3 s ago');
  expect(text(59.9)).toBe('59 s ago');
  expect(text(119)).toHaveLength(9);
});
