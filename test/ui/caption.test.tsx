import { describe, expect, test, vi } from 'vitest';
import stringWidth from 'string-width';
import { bigText } from '../../src/format/big-text.ts';
import { initialViewState } from '../../src/store/view-state.ts';
import { createViewStore } from '../../src/store/view-store.ts';
import { App } from '../../src/ui/app.tsx';
import { captionHeight } from '../../src/ui/components/caption.tsx';
import type { Show, ShowState } from '../../src/ui/show.ts';
import { glyphsFor } from '../../src/ui/theme.ts';
import { renderAt } from '../helpers/ink-stdout.ts';
import { closedLately, connections, modelOf } from '../helpers/sockets.ts';

const MODEL = modelOf([...connections(4), ...closedLately(90, {}, 40_004)]);

const STATE: ShowState = {
  headline: 'OUT OF PORTS',
  text: 'connect() fails: EADDRNOTAVAIL. The upstream is well, the network is well, and users see errors.',
  severity: 'critical',
  status: '▶ 0:23 of 1:30   No keep-alive   12 EADDRNOTAVAIL',
  keys: ['1 enable-tw-reuse', '2 widen-port-range', '3 keep-alive', 'space pause', 'Ctrl-R again'],
};

/** A show whose state is set, and which takes the key 1. */
function fakeShow(state: ShowState = STATE) {
  let now = state;
  const listeners = new Set<() => void>();
  const press = vi.fn<Show['press']>((key) =>
    key === '1' ? { type: 'notice', text: 'Followed 1' } : undefined,
  );
  const show: Show = {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    getState: () => now,
    press,
  };
  const tell = (next: Partial<ShowState>) => {
    now = { ...now, ...next };
    for (const listener of listeners) listener();
  };
  return { show, press, tell };
}

function open(size: { columns: number; rows: number }, ascii = false) {
  const store = createViewStore(initialViewState({ isDemo: true }));
  store.dispatch({ type: 'model', model: MODEL });
  const fake = fakeShow();
  const app = <App store={store} glyphs={glyphsFor(ascii)} show={fake.show} />;
  return { ...fake, store, screen: renderAt(app, size) };
}

describe.for([
  { columns: 200, rows: 50, letters: 'whole' },
  { columns: 120, rows: 40, letters: 'whole' },
  { columns: 119, rows: 40, letters: 'half' },
  { columns: 120, rows: 35, letters: 'half' },
  { columns: 80, rows: 24, letters: 'half' },
  { columns: 71, rows: 24, letters: undefined },
  { columns: 80, rows: 23, letters: undefined },
  { columns: 60, rows: 18, letters: undefined },
  { columns: 40, rows: 12, letters: undefined },
  { columns: 40, rows: 11, letters: undefined },
  { columns: 40, rows: 10, letters: undefined },
  { columns: 30, rows: 9, letters: undefined },
  { columns: 30, rows: 8, letters: undefined },
] as const)('at $columns x $rows', ({ columns, rows, letters }) => {
  test('the worst group keeps its row, and the caption can be read', () => {
    const { screen } = open({ columns, rows });
    const text = screen.lastText();
    const lines = text.split('\n');
    expect(lines.length).toBeLessThanOrEqual(rows);
    for (const line of lines) expect(stringWidth(line), line).toBeLessThanOrEqual(columns);
    expect(text).toMatch(/^▸▲ .*:8080 .*6\.0%/m);
    if (letters === undefined) expect(text).toContain(' OUT OF PORTS');
    else
      for (const line of bigText('OUT OF PORTS', letters)) expect(text).toContain(line.trimEnd());
    expect(lines.at(-1)).toMatch(/help .*quit/);
  });

  test('it takes as many rows whatever it says', async () => {
    const { screen, tell } = open({ columns, rows });
    const titleRow = () =>
      screen
        .lastText()
        .split('\n')
        .findIndex((line) => line.includes('HEADROOM'));
    const lengthOf = () => screen.lastText().split('\n').length;
    const before = [titleRow(), lengthOf()];
    tell({ headline: 'ZZ', text: 'Short.', severity: 'info', status: 'first', keys: ['first'] });
    await screen.waitForFrame(letters === undefined ? ' ZZ' : 'first');
    expect([titleRow(), lengthOf()]).toEqual(before);
    tell({ headline: 'MUCH LONGER THAN ALL', text: 'word '.repeat(200), status: 'second' });
    await screen.waitForFrame(letters === undefined ? ' MUCH LONGER' : 'second');
    expect([titleRow(), lengthOf()]).toEqual(before);
  });

  test('its height is what is kept free for it', () => {
    expect(captionHeight({ columns, rows, glyphs: glyphsFor(false) })).toBeLessThanOrEqual(
      Math.max(1, rows / 3),
    );
  });
});

test('in ASCII the letters are spaced', () => {
  const text = open({ columns: 80, rows: 24 }, true).screen.lastText();
  expect(text).toContain('O U T   O F   P O R T S');
  expect(text).not.toMatch(/[^\p{ASCII}]/u);
});

test('a new state is drawn at once', async () => {
  const { screen, tell } = open({ columns: 80, rows: 20 });
  tell({ headline: 'FIX APPLIED' });
  await screen.waitForFrame('FIX APPLIED');
});

describe('keys', () => {
  test('those of the show come first, with the model on the screen; all others are the view’s', async () => {
    const { screen, press, store } = open({ columns: 80, rows: 24 });
    screen.stdin.write('1');
    await screen.waitForFrame('Followed 1');
    expect(press).toHaveBeenCalledWith('1', MODEL, MODEL.advice[0]);
    expect(store.getState().panel).toBe('groups');
    screen.stdin.write('2');
    await screen.waitForFrame('SUGGESTIONS');
    expect(store.getState().panel).toBe('advice');
  });

  test('what is typed into the filter is no key', async () => {
    const { screen, press, store } = open({ columns: 80, rows: 24 });
    screen.stdin.write('/');
    await screen.waitForFrame('Enter keeps it');
    press.mockClear();
    screen.stdin.write('1');
    await screen.waitForFrame(' / 1');
    expect(press).not.toHaveBeenCalled();
    expect(store.getState().filter).toBe('1');
  });

  test('the first ones stand on the line, as many as have room, and pausing always', async () => {
    const { screen, tell } = open({ columns: 80, rows: 24 });
    const many = Array.from({ length: 9 }, (_, index) => `${index} a-long-suggestion`);
    tell({ keys: [...many, 'space pause', 'Ctrl-R again'] });
    await screen.waitForFrame(
      /^ 0 a-long-suggestion {3}1 a-long-suggestion {3}space pause {3}Ctrl-R again$/m,
    );
    tell({ keys: ['space pause', 'Ctrl-R again'] });
    await screen.waitForFrame(/^ space pause {3}Ctrl-R again$/m);
  });

  test.for([
    [40, 10, '1 enable-tw-reuse   2 3   space pause'],
    [40, 12, '1 enable-tw-reuse   2 3   space pause'],
    [38, 10, '1 enable-tw-reuse   2 3   space pause'],
    [37, 10, '1 enable-tw-reuse   2 3'],
    [60, 18, '1 enable-tw-reuse   space pause   Ctrl-R again'],
  ] as const)('at %d x %d they are %s', ([columns, rows, keys]) => {
    expect(open({ columns, rows }).screen.lastText().split('\n')).toContain(` ${keys}`);
  });

  test('without room for what the first one does, the numbers are left', async () => {
    const { screen, tell } = open({ columns: 40, rows: 10 });
    const long = `1 ${'a-very-long-suggestion-'.repeat(2)}`;
    tell({ keys: [long, '2 keep-alive', 'space pause', 'Ctrl-R again'] });
    await screen.waitForFrame(/^ 1 2 fix {3}space pause {3}Ctrl-R again$/m);
  });

  test.for([
    [40, ' OUT OF PORTS'],
    [46, ' OUT OF PORTS'],
    [47, ' OUT OF PORTS: connect() fails: EADDRNOTAVAIL.'],
    [100, ' OUT OF PORTS: connect() fails: EADDRNOTAVAIL.'],
  ] as const)('on %d columns of a low screen, the bar has whole sentences', ([columns, bar]) => {
    const lines = open({ columns, rows: 12 }).screen.lastText().split('\n');
    expect(lines.map((line) => line.trimEnd())).toContain(bar);
  });

  test('the help has them, in the demo only', async () => {
    const { screen } = open({ columns: 120, rows: 40 });
    screen.stdin.write('?');
    expect(await screen.waitForFrame('KEYS OF THE DEMO')).toMatch(/Ctrl-R +play again/);
  });
});
