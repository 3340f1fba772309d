import { describe, expect, test } from 'vitest';
import { formatEmptyIn } from '../../src/format/units.ts';
import { type CallRates, NO_PAST } from '../../src/model/group-past.ts';
import { limitReached, type LimitState } from '../../src/model/limit-memory.ts';
import { lullSeconds, outageState } from '../../src/model/outage-state.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const dry = (secondsAgo: number, more: Partial<LimitState> = {}) => ({
  ...limitReached(NOW - secondsAgo * 1000),
  ...more,
});
const NONE = { perSecond: 0, lastMinute: 720, total: 720, processes: [] };

/** A group as the test wants it, of which nothing else is known. */
function group(
  limit: LimitState | undefined,
  free: number,
  connectFailures: typeof NONE | 'unseen' = NONE,
  calls?: CallRates,
) {
  const seen = connectFailures === 'unseen' ? undefined : connectFailures;
  return { limit, free, connectFailures: seen, madePerSecond: null, past: { ...NO_PAST, calls } };
}

describe('the state of an outage', () => {
  test.for([
    ['refused just now', group(dry(2), 30, NONE, { refused: 0.5, made: 20 }), 'refusing'],
    ['refused, of one look', group(dry(0), 0, { ...NONE, perSecond: 9 }), 'refusing'],
    [
      'a mean of 10 s is no state',
      group(dry(3), 30, { ...NONE, perSecond: 9 }, { refused: 0, made: 9 }),
      'lull',
    ],
    ['no port, and nobody asks', group(dry(0), 0, NONE, { refused: 0, made: 0 }), 'empty'],
    ['none, whatever is remembered', group(undefined, 0), 'empty'],
    ['the last one, which only luck finds', group(dry(0), 1), 'empty'],
    ['ports at once', group(dry(0.25), 13), 'lull'],
    ['ports for a while', group(dry(15), 96), 'lull'],
    ['refusals cannot be seen', group(dry(2.9), 96, 'unseen'), 'empty'],
    ['nor have they been for 3 s', group(dry(3), 96, 'unseen'), 'lull'],
    ['contradicted', group(dry(15, { refusedWithFree: 90 }), 96), 'contradicted'],
    ['recovered', group(dry(15, { stage: 'recovering' }), 96), undefined],
    ['never out of ports', group(undefined, 96), undefined],
  ] as const)('%s', ([, given, state]) => {
    expect(outageState(given, NOW)).toBe(state);
    const { limit } = given;
    const seconds = state === 'lull' ? (NOW - (limit?.lastMs ?? NOW)) / 1000 : undefined;
    expect(lullSeconds(given, NOW)).toBe(seconds);
  });
});

test('the time of a lull stands in place of "now", in eight columns', () => {
  const text = (seconds?: number) =>
    formatEmptyIn({ etaSeconds: 0, growthPerSecond: 0, lullSeconds: seconds });
  expect(text()).toBe('now');
  expect(text(3)).toBe('3 s ago');
  expect(text(59.9)).toBe('59 s ago');
  expect(text(119)).toHaveLength(9);
});
