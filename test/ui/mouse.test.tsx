import { expect, test } from 'vitest';
import { reduce } from '../../src/store/reducer.ts';
import { createStore } from '../../src/store/store.ts';
import { initialViewState } from '../../src/store/view-state.ts';
import { App } from '../../src/ui/app.tsx';
import type { MouseEvent } from '../../src/ui/mouse.ts';
import { glyphsFor } from '../../src/ui/theme.ts';
import { type FrameSize, renderAt } from '../helpers/ink-stdout.ts';
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
  const store = createStore(reduce, initialViewState());
  store.dispatch({ type: 'model', model });
  let listener: ((event: MouseEvent) => void) | undefined;
  const onMouse = (next: typeof listener) => {
    listener = next;
    return () => (listener = undefined);
  };
  const screen = renderAt(
    <App store={store} glyphs={glyphsFor(false)} copyText={() => {}} onMouse={onMouse} />,
    size,
  );
  const lines = () => screen.lastText().split('\n');
  /** Where `text` stands, in the last line that has it: the verdict names a group as well. */
  const cellOf = (text: string) => {
    const row = lines().findLastIndex((line) => line.includes(text));
    return { row, column: lines()[row]?.indexOf(text) ?? -1 };
  };
  const mouse = (kind: MouseEvent['kind'], at: { row: number; column: number }) => {
    listener?.({ kind, ...at });
    return screen.flush();
  };
  return { store, screen, lines, cellOf, mouse };
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
    { row: lines().length - 1, column: 3 },
    { row: 500, column: 500 },
  ])
    await mouse('click', at);
  expect(store.getState()).toBe(before);
});
