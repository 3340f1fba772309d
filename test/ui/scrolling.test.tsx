/** The window of a list: what is clicked stays where it is, and keys scroll only as far as needed. */
import { describe, expect, test } from 'vitest';
import type { Panel } from '../../src/store/panel.ts';
import type { FrameSize } from '../helpers/ink-stdout.ts';
import { openApp } from '../helpers/open-app.tsx';
import { closedLately, connections, modelOf } from '../helpers/sockets.ts';

/** The worst group, and forty more. */
const MANY = modelOf([
  ...connections(3),
  ...closedLately(89, {}, 40_003),
  ...Array.from({ length: 40 }, (_, index) =>
    connections(50 - index, { remote: `10.0.8.${index + 1}` }),
  ).flat(),
]);

function open(size: FrameSize) {
  const app = openApp(size, MANY);
  const { lines } = app;
  const click = (row: number) => app.mouse({ kind: 'click', column: 10, row });
  const press = (keys: string) => app.press(...keys);
  const titles = () => lines().findIndex((line) => line.includes('HEADROOM'));
  /** The rows of the group table, each by its destination. */
  const rows = () =>
    lines()
      .slice(titles() + 1, -1)
      .flatMap((line) => /10\.0\.\d+\.\d+:8080/g.exec(line.split('→').at(-1) ?? '')?.[0] ?? []);
  const selected = () => lines().findIndex((line) => line.startsWith('▸'));
  return { ...app, click, press, titles, rows, selected };
}

const SIZES = [
  { columns: 40, rows: 10 },
  { columns: 60, rows: 15 },
  { columns: 80, rows: 24 },
  { columns: 220, rows: 12 },
];

describe.each(SIZES)('at $columns x $rows', (size) => {
  test('a click on any row leaves every row where it is, and a second one there opens it', async () => {
    const { store, lines, click, press, titles, selected } = open(size);
    await press('j'.repeat(20) + 'k');
    const table = () => lines().slice(titles() + 1);
    const last = lines().length - 2;
    for (let row = last; row > titles(); row--) {
      const before = table().map((line) => line.replace('▸', ' '));
      // The row of the worst group, short of its place, goes there; it stays on its line as well.
      const isPinned = /^ ▲[↑↓]/.test(lines()[row] ?? '');
      await click(row);
      expect(selected()).toBe(row);
      if (!isPinned) expect(table().map((line) => line.replace('▸', ' '))).toEqual(before);
      await click(row);
      expect(store.getState().panel).toBe('detail');
      store.dispatch({ type: 'escape' });
      await press('');
    }
  });

  test('keys scroll by one row at the edge, and not before it', async () => {
    const { store, press, rows, selected, titles } = open(size);
    // The worst group is at the lower edge throughout.
    store.dispatch({ type: 'sort-by', column: 'live' });
    await press('g');
    const list = () => rows().slice(0, -1);
    const first = list();
    const margin = first.length < 5 ? 0 : 1;
    await press('j'.repeat(first.length - 1 - margin));
    expect(list()).toEqual(first);
    expect(selected()).toBe(titles() + first.length - margin);
    await press('j');
    expect(list().slice(0, -1)).toEqual(first.slice(1));
    const second = list();
    await press('k'.repeat(first.length - 2 - margin - (margin === 0 ? 0 : 1)));
    expect(list()).toEqual(second);
    await press('k'.repeat(2));
    expect(list()).toEqual(first);
  });

  test('a newer sample scrolls nothing', async () => {
    const { store, screen, press, rows } = open(size);
    await press('j'.repeat(20) + 'kk');
    const before = rows();
    store.dispatch({ type: 'model', model: { ...MANY } });
    await screen.flush();
    expect(rows()).toEqual(before);
  });

  test.each<Panel>(['sysctl', 'what-if', 'advice'])(
    'a click in the list of the %s panel leaves its rows where they are',
    async (panel) => {
      const { store, screen, lines, click } = open(size);
      store.dispatch({ type: 'panel', panel });
      store.dispatch({ type: 'move', by: 3, rows: 6 });
      await screen.flush();
      const isRow = (line: string) => /^(?:│ )? ?[▸ ][△ ] ?\S/.test(line);
      const at = lines().findIndex((line) => /^(?:│ | )▸/.test(line));
      const above = lines()[at - 1] ?? '';
      if (!isRow(above) || /sysctl \d|SUGGESTIONS|WHAT IF|─/.test(above)) return;
      const cursor = store.getState().panelCursor;
      await click(at - 1);
      expect(store.getState().panelCursor).toBe(cursor - 1);
      expect(lines()[at - 1]).toMatch(/^(?:│ | )▸/);
    },
  );
});
