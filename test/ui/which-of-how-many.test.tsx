/** Where not all groups are on the screen, the titles say which of how many is selected. */
import { describe, expect, test } from 'vitest';
import { SORT_COLUMNS } from '../../src/model/query/order.ts';
import type { FrameSize } from '../helpers/ink-stdout.ts';
import { openApp } from '../helpers/open-app.tsx';
import { connections, IPV4, IPV6, modelOf } from '../helpers/sockets.ts';

/** So many groups, of one source or of two; with short labels or the longest. */
function groups(count: number, { sources = 1, isIpv6 = false } = {}) {
  const { local, remote } = isIpv6 ? IPV6 : IPV4;
  const sockets = Array.from({ length: count }, (_, index) =>
    connections(2 + (index % 40), {
      // The last digit tells the sources apart.
      local: `${local.slice(0, -1)}${index % sources}`,
      remote,
      remotePort: 1024 + index,
    }),
  );
  return modelOf(sockets.flat());
}

function open(size: FrameSize, model: ReturnType<typeof groups>, settings = {}) {
  const { store, screen, lines } = openApp(size, model, { settings });
  const titles = async () => {
    await screen.flush();
    return lines().find((line) => line.includes('HEADROOM')) ?? '';
  };
  return { store, titles };
}

const SIZES = [
  { columns: 30, rows: 10 },
  { columns: 40, rows: 10 },
  { columns: 40, rows: 40 },
  { columns: 60, rows: 15 },
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
  { columns: 200, rows: 50 },
];

describe.each(SIZES)('at $columns x $rows', (size) => {
  test.each([
    [60, { sources: 1 }],
    [500, { sources: 1 }],
    [500, { sources: 2 }],
    [500, { sources: 2, isIpv6: true }],
  ])('%i groups %j: the first, and the last', async (count, how) => {
    const { store, titles } = open(size, groups(count, how));
    expect(await titles()).toMatch(new RegExp(`(^| )1/${count} `));
    store.dispatch({ type: 'move', by: Infinity, rows: count });
    const last = await titles();
    expect(last).toMatch(new RegExp(`(^| )${count}/${count} `));
    expect(last.length).toBeLessThanOrEqual(size.columns);
  });

  test('nothing where all are there', async () => {
    const { titles } = open(size, groups(2));
    expect(await titles()).not.toMatch(/\d\/\d/);
  });
});

test.each(SIZES.filter(({ columns }) => columns >= 40))(
  'at $columns x $rows in any order, whose mark is there too',
  async (size) => {
    for (const column of SORT_COLUMNS) {
      const order = { column, inverted: false };
      const { titles } = open(size, groups(500, { sources: 2 }), { order });
      const text = await titles();
      expect(text).toContain(' 1/500 ');
      expect(text).toContain('▾');
    }
  },
);

test.each([
  // With as many rows for groups as this.
  [40, 10, 5],
  [60, 15, 10],
  [80, 24, 15],
])('at %i x %i, %i groups have no mark, one more has', async (columns, rows, most) => {
  const isMarked = async (count: number) =>
    /\d\/\d/.test(await open({ columns, rows }, groups(count)).titles());
  expect(await isMarked(most)).toBe(false);
  expect(await isMarked(most + 1)).toBe(true);
});

test('room goes to the place, then to the words', async () => {
  const titleAt = async (columns: number) =>
    (await open({ columns, rows: 12 }, groups(500, { sources: 2 })).titles()).split('▾')[0];
  expect(await titleAt(30)).toBe('      1/500 ');
  // The rows have the end of their source.
  expect(await titleAt(40)).toBe('   SRC → DST    1/500 ');
  expect(await titleAt(120)).toMatch(/^ {3}SRC → DST {9}1\/500 {3}OWNER /);
});
