import { expect, test } from 'vitest';
import { sysctlRows } from '../../src/format/sysctl-rows.ts';
import { whatIfRows } from '../../src/format/what-if.ts';
import { explainSysctls } from '../../src/model/sysctl-notes.ts';
import type { Panel } from '../../src/store/panel.ts';
import type { ViewState } from '../../src/store/view-state.ts';
import type { MouseEvent } from '../../src/ui/mouse.ts';
import type { FrameSize } from '../helpers/ink-stdout.ts';
import { openApp } from '../helpers/open-app.tsx';
import { connections, modelOf, timeWaits } from '../helpers/sockets.ts';

const host = (last: number, count: number) => connections(count, { remote: `10.0.9.${last}` });

const MANY = modelOf(
  Array.from({ length: 60 }, (_, index) => host(100 + index, 60 - index)).flat(),
);
const FEW = modelOf([
  ...timeWaits(90, 57_000, { remote: '10.0.9.1' }),
  ...host(2, 20),
  ...host(3, 5),
]);

function open(size: FrameSize, model = FEW) {
  const app = openApp(size, model);
  const { lines } = app;
  /** Where `text` stands, in the last line that has it: the verdict names a group as well. */
  const cellOf = (text: string) => {
    const row = lines().findLastIndex((line) => line.includes(text));
    return { row, column: lines()[row]?.indexOf(text) ?? -1 };
  };
  const mouse = (kind: MouseEvent['kind'], at: { row: number; column: number }) =>
    app.mouse({ kind, ...at });
  return { ...app, cellOf, mouse };
}

const SIZES = [
  { columns: 140, rows: 40 },
  { columns: 80, rows: 24 },
  { columns: 40, rows: 10 },
];

test.for(SIZES)(
  'at $columns x $rows a click selects the row it hits, a second one opens it',
  async (size) => {
    const { store, cellOf, mouse } = open(size);
    for (const label of ['10.0.9.3:', '10.0.9.1:', '10.0.9.2:']) {
      await mouse('click', cellOf(label));
      expect(store.getState()).toMatchObject({ panel: 'groups' });
      expect(store.getState().selected).toContain(label);
    }
    await mouse('click', cellOf('10.0.9.2:'));
    expect(store.getState().panel).toBe('detail');
  },
);

test.for(SIZES)('at $columns x $rows, far down in many groups, as well', async (size) => {
  const { store, lines, mouse } = open(size, MANY);
  for (const by of [30, 20, Infinity]) {
    store.dispatch({ type: 'move', by, rows: 60 });
    await mouse('wheel-up', { row: 0, column: 0 });
    const row = lines().findIndex((line) => /▸/.test(line)) - 1;
    const label = /10\.0\.9\.\d+:\d+/.exec(lines()[row] ?? '')?.[0];
    expect(label).toBeDefined();
    await mouse('click', { row, column: 5 });
    expect(store.getState().selected).toContain(label);
  }
});

test.for(SIZES)(
  'at $columns x $rows a click on any letter of a title sorts by it, another inverts',
  async (size) => {
    const { store, screen, cellOf, lines, mouse } = open(size);
    const { row } = cellOf('HEADROOM');
    const titles = {
      SOURCE: 'group',
      USED: 'used',
      HEADROOM: 'headroom',
      LIVE: 'live',
      TW: 'tw',
      'CLOSE/S': 'closes',
      EMPTY: 'eta',
    };
    for (const [title, column] of Object.entries(titles)) {
      if (!lines()[row]?.includes(title)) continue;
      for (const letter of [0, title.length - 1]) {
        store.dispatch({ type: 'sort-by', column: column === 'live' ? 'tw' : 'live' });
        await screen.flush();
        const start = cellOf(title).column;
        await mouse('click', { row, column: start + letter });
        expect(store.getState().order).toMatchObject({ column, inverted: false });
        await mouse('click', { row, column: cellOf(title).column });
        expect(store.getState().order).toMatchObject({ column, inverted: true });
      }
    }
  },
);

test('the table below the what-if panel, too, is where it is drawn', async () => {
  const { store, cellOf, mouse, screen } = open({ columns: 120, rows: 40 });
  store.dispatch({ type: 'panel', panel: 'what-if' });
  await screen.waitForFrame('WHAT IF');
  await mouse('click', cellOf('10.0.9.3:'));
  expect(store.getState().selected).toContain('10.0.9.3:');
  await mouse('click', cellOf('EMPTY IN'));
  expect(store.getState()).toMatchObject({ panel: 'what-if', order: { column: 'eta' } });
});

test('the wheel moves the selection, and what is looked at in a panel', async () => {
  const { store, mouse } = open({ columns: 120, rows: 40 });
  const anywhere = { row: 20, column: 20 };
  await mouse('wheel-down', anywhere);
  expect(store.getState().selected).toContain('10.0.9.2:');
  await mouse('wheel-up', anywhere);
  expect(store.getState().selected).toContain('10.0.9.1:');
  store.dispatch({ type: 'panel', panel: 'sysctl' });
  await mouse('wheel-down', anywhere);
  expect(store.getState().panelCursor).toBe(1);
});

/** Lists in panels, and what each of their rows begins with behind the mark of the selected one. */
const LISTS: readonly { panel: Panel; rowsAt: (columns: number) => readonly string[] }[] = [
  {
    panel: 'sysctl',
    rowsAt: (columns) =>
      sysctlRows(explainSysctls(FEW), columns, '…').map(({ sysctl }) => `${sysctl} `),
  },
  { panel: 'advice', rowsAt: () => FEW.advice.map((_, index) => `${index + 1} `) },
  { panel: 'what-if', rowsAt: () => whatIfRows(FEW, {}).map(({ name }) => `${name} `) },
];

test.for(SIZES.flatMap((size) => LISTS.map((list) => ({ ...list, size }))))(
  'a click selects what it hits in the $panel panel, at $size.columns x $size.rows',
  async ({ panel, rowsAt, size }) => {
    const rows = rowsAt(size.columns);
    const { store, screen, lines, mouse } = open(size);
    store.dispatch({ type: 'panel', panel });
    await screen.flush();
    const shown = () =>
      lines().flatMap((line, row) => {
        const text = line.replace(/^(?:│ )?[▸△ ]*/, '');
        const index = rows.findIndex((start) => text.startsWith(start));
        return index < 0 ? [] : [{ index, row }];
      });
    for (const at of [-1, 0, -1, 1]) {
      const { index, row } = shown().at(at) ?? shown()[0] ?? { index: -1, row: -1 };
      await mouse('click', { row, column: 5 });
      expect(store.getState()).toMatchObject({ panel, panelCursor: index });
    }
  },
);

test('below the suggestions, where one is explained, a click does nothing', async () => {
  const { store, screen, cellOf, mouse } = open({ columns: 120, rows: 40 });
  store.dispatch({ type: 'panel', panel: 'advice' });
  await screen.flush();
  const before = store.getState();
  await mouse('click', cellOf('sysctl -w'));
  await mouse('click', cellOf('SUGGESTIONS'));
  expect(store.getState()).toBe(before);
});

test.for<[text: string, offset: number, state: Partial<ViewState>]>([
  ['Enter detail', 0, { panel: 'detail' }],
  ['Enter detail', 'Enter detail'.length - 1, { panel: 'detail' }],
  ['a advice', 3, { panel: 'advice' }],
  ['/ filter', 0, { editingFilter: true }],
  ['< > sort', 0, { order: { column: 'group', inverted: false } }],
  ['< > sort', 2, { order: { column: 'used', inverted: false } }],
  ['? help', 2, { panel: 'help' }],
])(
  'a click on %j of the footer, %i columns in, does what its key does',
  async ([text, offset, state]) => {
    const { store, cellOf, mouse } = open({ columns: 120, rows: 40 });
    const { row, column } = cellOf(text);
    await mouse('click', { row, column: column + offset });
    expect(store.getState()).toMatchObject(state);
  },
);

test('the footer of a panel, behind a filter, has its own keys', async () => {
  const { store, screen, cellOf, mouse } = open({ columns: 120, rows: 40 });
  for (const letter of 'dst:10') store.dispatch({ type: 'filter-text', text: letter });
  store.dispatch({ type: 'panel', panel: 'what-if' });
  await screen.flush();
  const arrows = cellOf('← → change');
  await mouse('click', { ...arrows, column: arrows.column + 2 });
  expect(Object.keys(store.getState().whatIf)).toEqual(['range']);
  await mouse('click', cellOf('Esc back'));
  expect(store.getState()).toMatchObject({ panel: 'groups', filter: 'dst:10' });
  await mouse('click', cellOf('filter: dst'));
  expect(store.getState()).toMatchObject({ panel: 'groups', editingFilter: false });
});

test('elsewhere a click does nothing', async () => {
  const { store, cellOf, mouse, lines } = open({ columns: 120, rows: 40 });
  const before = store.getState();
  const { row } = cellOf('HEADROOM');
  for (const at of [
    { row: 0, column: 10 },
    { row: row - 1, column: 10 },
    { row, column: 0 },
    { row, column: cellOf('OWNER').column },
    { row: row + 5, column: 10 },
    // Behind the last key.
    { row: lines().length - 1, column: 119 },
    { row: 500, column: 500 },
  ])
    await mouse('click', at);
  expect(store.getState()).toBe(before);
});
