/** What the screen always has: the worst group with its headroom and time, how it is watched, and a mark at the order. */
import { describe, expect, test } from 'vitest';
import { SORT_COLUMNS } from '../../src/model/query/order.ts';
import { initialViewState } from '../../src/store/view-state.ts';
import { createViewStore } from '../../src/store/view-store.ts';
import { App } from '../../src/ui/app.tsx';
import { glyphsFor } from '../../src/ui/theme.ts';
import { renderAt } from '../helpers/ink-stdout.ts';
import { closedLately, connections, modelOf } from '../helpers/sockets.ts';

/** The worst group is neither first nor last in any order. */
const WORST = [...connections(3), ...closedLately(89, {}, 40_003)];
const manyGroups = (from: number) =>
  Array.from({ length: 40 }, (_, index) =>
    connections(from + index, { remote: `10.0.${index % 2 === 0 ? 8 : 10}.${index + 1}` }),
  ).flat();
const MANY = modelOf([...WORST, ...manyGroups(2)]);
const WORST_ROW = /10\.0\.9\.21:8080 .*8\.0%.* (?:now|\d+ s|<1 s|unknown)$/m;

const SIZES = [
  { columns: 40, rows: 10 },
  { columns: 60, rows: 15 },
  { columns: 80, rows: 24 },
  { columns: 220, rows: 12 },
];

function open(
  size: (typeof SIZES)[number],
  {
    ascii = false,
    model = MANY,
    ...settings
  }: Parameters<typeof initialViewState>[0] & {
    ascii?: boolean;
    model?: typeof MANY;
  } = {},
) {
  const store = createViewStore(initialViewState(settings));
  store.dispatch({ type: 'model', model });
  return { store, screen: renderAt(<App store={store} glyphs={glyphsFor(ascii)} />, size) };
}

/** The rows of the table, without its titles. */
function tableRows(text: string): string[] {
  const lines = text.split('\n');
  return lines.slice(lines.findIndex((line) => line.includes('HEADROOM')) + 1, -1);
}

describe.each(SIZES)('at $columns x $rows', (size) => {
  test.each(
    SORT_COLUMNS.flatMap((column) => [false, true].map((inverted) => ({ column, inverted }))),
  )(
    'the most severe group is in view in the order %j, wherever the selection is',
    async (order) => {
      const { store, screen } = open(size, { order });
      for (const by of [-Infinity, 7, 20, Infinity]) {
        store.dispatch({ type: 'move', by, rows: 41 });
        await screen.flush();
        const rows = tableRows(screen.lastText());
        expect(rows.filter((row) => WORST_ROW.test(row))).toHaveLength(1);
        expect(rows.filter((row) => row.startsWith('▸'))).toHaveLength(1);
      }
    },
  );

  test('a row short of its place is at the edge that its place is behind, with a mark', async () => {
    const { store, screen } = open(size, { order: { column: 'live', inverted: false } });
    const rows = () => tableRows(screen.lastText()).filter((row) => row.trim() !== '');
    await screen.flush();
    expect(rows().at(-1)).toMatch(/^ ▲↓.*10\.0\.9\.21:8080/);
    store.dispatch({ type: 'invert' });
    store.dispatch({ type: 'move', by: Infinity, rows: 41 });
    await screen.flush();
    expect(rows()[0]).toMatch(/^ ▲↑.*10\.0\.9\.21:8080/);
    store.dispatch({ type: 'pick', key: MANY.worst?.key ?? '' });
    await screen.flush();
    expect(rows().find((row) => WORST_ROW.test(row))).toMatch(/^▸▲ /);
  });

  test('a filter that hides the worst group says so in the verdict, until it does not', async () => {
    const { store, screen } = open(size);
    store.dispatch({ type: 'filter-edit' });
    store.dispatch({ type: 'filter-text', text: 'dst:10.0.8.' });
    store.dispatch({ type: 'filter-done' });
    const hidden = await screen.waitForFrame('hidden by the filter');
    expect(hidden).toContain('10.0.3.7 → 10.0.9.21:8080');
    expect(tableRows(hidden).some((row) => row.includes('10.0.9.21'))).toBe(false);
    store.dispatch({ type: 'escape' });
    expect(await screen.waitForFrame(/^(?![^]*hidden by)/)).toMatch(WORST_ROW);
  });

  test('the source and the interval that is in force are there', async () => {
    const { store, screen } = open(size);
    await screen.waitForFrame(/ procfs 250ms/);
    const { sample } = MANY;
    const sampling = { ...sample.sampling, pacing: { intervalMs: 1730, cpuShare: 0.1 } };
    store.dispatch({ type: 'model', model: { ...MANY, sample: { ...sample, sampling } } });
    await screen.waitForFrame(/ procfs 1\.7s/);
  });

  test.each([
    [false, '▾', '▴'],
    [true, 'v', '^'],
  ])('a mark is at the order from the start (ASCII: %j)', async (ascii, down, up) => {
    const { store, screen } = open(size, { ascii });
    await screen.waitForFrame(`${down}HEADROOM`);
    store.dispatch({ type: 'invert' });
    await screen.waitForFrame(`${up}HEADROOM`);
    for (const column of SORT_COLUMNS) {
      store.dispatch({ type: 'sort-by', column });
      if (store.getState().order.inverted) store.dispatch({ type: 'invert' });
      await screen.flush();
      const title =
        screen
          .lastText()
          .split('\n')
          .find((line) => line.includes('HEADROOM')) ?? '';
      expect(title.split(down)).toHaveLength(2);
      expect(title).toContain('EMPTY IN');
    }
  });
});

test('at 40 columns the source that all rows share is in the title, and the destinations are whole', () => {
  const title = (model: typeof MANY) =>
    open({ columns: 40, rows: 10 }, { model }).screen.lastText();
  const shared = title(MANY);
  expect(shared).toMatch(/^ {3}10\.0\.3\.7 → +1\/41 ▾HEADROOM EMPTY IN$/m);
  expect(shared).toMatch(/^▸▲ → 10\.0\.9\.21:8080 +8\.0%/m);
  const mixed = title(
    modelOf([
      ...connections(20, { local: '10.0.3.7' }),
      ...connections(10, { local: '10.0.3.8' }),
      ...connections(5, { local: '10.0.3.9', remote: '198.51.100.20', remotePort: 9443 }),
    ]),
  );
  // Their ends tell the sources apart, where there is room.
  expect(mixed).toMatch(/^▸ {2}….7 → 10\.0\.9\.21:8080 +80\.0% +unknown$/m);
  expect(mixed).toMatch(/^ {3}….8 → 10\.0\.9\.21:8080 +90\.0% +unknown$/m);
  expect(mixed).toMatch(/^ {3}→ 198\.51\.100\.20:9443 +95\.0% +unknown$/m);
});

test('at 60 columns a shared source is in the title, at 80 in its rows', () => {
  const text = (columns: number) => open({ columns, rows: 15 }).screen.lastText();
  expect(text(60)).toMatch(/^▸▲ → 10\.0\.9\.21:8080 /m);
  expect(text(79)).toMatch(/^▸▲ → 10\.0\.9\.21:8080 /m);
  expect(text(80)).toMatch(/^▸▲ 10\.0\.3\.7 → 10\.0\.9\.21:8080 /m);
});

describe('header fields keep their places', () => {
  const frames = (columns: number, rows: number) => {
    const { store } = open({ columns, rows });
    const { sample } = MANY;
    return [
      { held: 0, cost: 0.003, opens: 0.4, wait: 7, closes: 3.2, sockets: 80, ms: 250 },
      { held: 17, cost: 0.113, opens: 512, wait: 812, closes: 120, sockets: 3712, ms: 1730 },
      { held: 100, cost: 0.9, opens: 28_100, wait: 99_000, closes: 1480, sockets: 81_200, ms: 407 },
    ].map(({ held, cost, opens, wait, closes, sockets, ms }) => {
      const model = {
        ...MANY,
        opensPerSecond: opens,
        closeRate: closes,
        sample: {
          ...sample,
          portSpace: { ...sample.portSpace, held },
          counters: { ...sample.counters, timeWaitNow: wait },
          sampling: { ...sample.sampling, sockets, pacing: { intervalMs: ms, cpuShare: cost } },
        },
      };
      store.dispatch({ type: 'model', model });
      return renderAt(<App store={store} glyphs={glyphsFor(false)} />, {
        columns,
        rows,
      }).lastText();
    });
  };

  test.each([
    [40, 10, ['range', 'procfs']],
    [60, 15, ['range', 'procfs', '100 ports']],
    [80, 24, ['Linux', 'procfs', 'cost|CPU at budget', 'reserved', 'tw_reuse', '60 s ago']],
    [120, 40, ['Linux', 'procfs', 'cost', 'tw_reuse', 'TIME_WAIT', ' of 131k', '60 s ago', '│']],
    [200, 50, ['procfs', 'cost', 'TIME_WAIT', ' of 131k', 'opens/s', '60 s ago']],
    [220, 12, ['procfs', '100 ports', 'reserved', 'tw_reuse', ' of 131k', 'opens/s']],
  ] as const)('at %i x %i, however their figures grow', (columns, rows, fields) => {
    const [first = [], ...others] = frames(columns, rows).map((text) => text.split('\n'));
    const placesOf = (lines: readonly string[]) =>
      fields.map((field) => {
        const pattern = new RegExp(field);
        const row = lines.findIndex((line) => pattern.test(line));
        return { field, row, column: lines[row]?.search(pattern) };
      });
    for (const { row } of placesOf(first)) expect(row).toBeGreaterThanOrEqual(0);
    for (const lines of others) expect(placesOf(lines)).toEqual(placesOf(first));
  });
});

test.each([
  [80, '40000 40899', /│ tw_reuse 2 loopback only$/],
  [80, '40000 43999', /│ tw_reuse 2 loopback$/],
  [80, '32768 60999', /│ tw_reuse 2 loopback$/],
  [71, '32768 60999', /held 0 {6}│ tw_reuse 2$/],
  // Less important figures do not come in its place.
  [70, '32768 60999', /held 0$/],
  [84, '32768 60999', /│ tw_reuse 2 loopback$/],
  [85, '32768 60999', /│ tw_reuse 2 loopback only$/],
  [130, '32768 60999', /│ tw_reuse 2 loopback only │ TIME_WAIT .* opens\/s$/],
] as const)(
  'at %i columns, tw_reuse is in the line of the range %s, in fewer words',
  (columns, range, text) => {
    const sysctls = {
      ...MANY.sample.sysctls,
      'net.ipv4.tcp_tw_reuse': '2',
      'net.ipv4.ip_local_port_range': range,
    };
    const model = { ...modelOf([...WORST], { sysctls }), opensPerSecond: 120 };
    const lines = open({ columns, rows: 24 }, { model }).screen.lastText().split('\n');
    expect(lines.find((line) => line.startsWith(' range '))?.trimEnd()).toMatch(text);
  },
);

test('a low screen has the fix where the verdict leaves a line free', async () => {
  const { screen } = open({ columns: 72, rows: 15 }, { model: modelOf([...WORST]) });
  await screen.flush();
  expect(screen.lastText()).toMatch(/^ ▲ .*10\.0\.9\.21:8080 \S.*\n {3}fix \d.*: /m);
});
