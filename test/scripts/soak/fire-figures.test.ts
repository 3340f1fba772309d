import { expect, test } from 'vitest';
import { figureOf } from '../../../scripts/soak/fire-figures.ts';

/** The kernel counts one more every 100 ms: 1000 at the beginning. */
const COUNTS = Array.from({ length: 101 }, (_, index) => ({
  atMs: 100 * index,
  count: 1000 + index,
}));

test.each([
  // Drawn up to half a second after what it says; its counters are read up to 200 ms after its date.
  [
    'a frame that tells an age',
    10_000,
    'netlink 3.2s  90,000 sockets  (2.0s ago)\n TIME_WAIT  1080 of 262k',
    1075,
    1082,
  ],
  [
    'an age below a second',
    10_000,
    'netlink 1.1s  seen 900ms ago\n TIME_WAIT  1080 of 262k',
    1086,
    1093,
  ],
  ['a frame that tells none', 10_000, 'netlink 250ms\n TIME_WAIT  1080 of 262k', 1083, 1100],
  [
    'an outage that was so long ago',
    10_000,
    ' OUT OF PORTS 55 s ago TIME_WAIT  1080 of',
    1083,
    1100,
  ],
])('%s is of that time', (_, atMs, head, least, most) => {
  expect(figureOf({ atMs, head }, COUNTS)).toEqual([
    { shown: 1080, least: least - 0.5, most: most + 0.5 },
  ]);
});

test('a rounded figure may be anything that is rounded to it', () => {
  const counts = [
    { atMs: 0, count: 27_900 },
    { atMs: 2000, count: 27_900 },
  ];
  const head = ' TIME_WAIT 27.9k of 262k';
  expect(figureOf({ atMs: 2000, head }, counts)).toEqual([
    { shown: 27_900, least: 27_850, most: 27_950 },
  ]);
});

test.each([
  ['it tells no figure', 10_000, ''],
  ['the kernel was not watched yet', 1600, ' TIME_WAIT  1080 of 262k'],
  ['nothing was counted then', 20_000, ' TIME_WAIT  1080 of 262k'],
])('a frame is compared with nothing where %s', (_, atMs, head) => {
  expect(figureOf({ atMs, head }, COUNTS)).toEqual([]);
});
