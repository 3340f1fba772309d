import { describe, expect, test, vi } from 'vitest';
import { initialViewState } from '../../src/store/view-state.ts';
import { createViewStore } from '../../src/store/view-store.ts';
import { App } from '../../src/ui/app.tsx';
import { glyphsFor } from '../../src/ui/theme.ts';
import { renderAt } from '../helpers/ink-stdout.ts';
import { connections, modelOf } from '../helpers/sockets.ts';

const IGNORED = 'Pasted text presses no keys: / takes it as a filter';

async function open() {
  const effects = { saveSettings: vi.fn<() => string>(() => 'saved'), quit: vi.fn<() => void>() };
  const store = createViewStore(initialViewState(), effects);
  store.dispatch({ type: 'model', model: modelOf(connections(3)) });
  let listener: ((text: string) => void) | undefined;
  const onPaste = (next: typeof listener) => {
    listener = next;
    return () => (listener = undefined);
  };
  const app = <App store={store} glyphs={glyphsFor(false)} onPaste={onPaste} />;
  const screen = renderAt(app, { columns: 80, rows: 24 });
  await screen.flush();
  return {
    ...effects,
    store,
    screen,
    paste: (text: string) => listener?.(text),
    /** One read. */
    read: (text: string) => {
      screen.stdin.write(text);
      return screen.flush();
    },
  };
}

describe('a paste that the terminal marks', () => {
  test('presses nothing, Ctrl-C neither, and says so', async () => {
    const { store, screen, paste, quit, saveSettings } = await open();
    const before = store.getState();
    paste('q\rS t \x03 sysctl');
    expect(store.getState()).toEqual({ ...before, notice: IGNORED });
    await screen.flush();
    expect(screen.lastText()).toContain(IGNORED);
    expect([quit, saveSettings].map(({ mock }) => mock.calls)).toEqual([[], []]);
  });

  test('goes into the filter while that is typed: as one line, and not more than that takes', async () => {
    const { store, paste, read, quit } = await open();
    await read('/');
    paste('10.0.9.21\r\nS\tq\x03\x1b[A');
    expect(store.getState()).toMatchObject({
      editingFilter: true,
      filter: '10.0.9.21 S q [A',
    });
    paste('x'.repeat(10_000));
    expect(store.getState().filter).toHaveLength(1001);
    expect(quit).not.toHaveBeenCalled();
  });
});

describe('where the terminal does not mark pastes', () => {
  test.each(['saw the lazy dog S', 'q\rsaw rS t q\r', 'rm x', 's'.repeat(201)])(
    '%j in one read cannot be typed, and presses nothing',
    async (text) => {
      const { store, read, quit, saveSettings } = await open();
      const before = store.getState();
      await read(text);
      expect(store.getState()).toEqual({ ...before, notice: IGNORED });
      expect([quit, saveSettings].map(({ mock }) => mock.calls)).toEqual([[], []]);
    },
  );

  test.each(['a?s', 's'.repeat(199)])('%j may be typed', async (text) => {
    const { store, read } = await open();
    await read(text);
    expect(store.getState().panel).toBe('sysctl');
  });

  test('its rest presses nothing either, if it comes soon', async () => {
    const { store, read, screen } = await open();
    screen.stdin.write('saw the lazy dog');
    screen.stdin.write('S');
    await read('s');
    expect(store.getState()).toMatchObject({ panel: 'groups', notice: IGNORED });
  });

  test('Ctrl-C in it leaves, as whoever mashes keys means it', async () => {
    const { read, quit } = await open();
    await read('asdfjkl\x03');
    expect(quit).toHaveBeenCalledOnce();
  });

  test.each([
    ['a filter may come at once, with Enter', '/dst:10.0.9\r', 'dst:10.0.9'],
    ['what is behind it presses nothing', '/dst:10.0.9\rs', 'dst:10.0.9'],
    ['but a key that may be typed', '/9\r9', '9', 'advice'],
  ])('%s', async (_, text, filter, panel = 'groups') => {
    const { store, read } = await open();
    await read(text);
    expect(store.getState()).toMatchObject({ filter, editingFilter: false, panel });
  });

  test('into the filter that is typed anything may come', async () => {
    const { store, read } = await open();
    await read('/');
    await read('dst:10.0.9');
    expect(store.getState()).toMatchObject({ filter: 'dst:10.0.9', editingFilter: true });
  });
});

test.each(['qS', '\x03S', 'qqS'])('nothing acts behind %j in one read', async (keys) => {
  const { read, quit, saveSettings } = await open();
  await read(keys);
  expect(quit).toHaveBeenCalledOnce();
  expect(saveSettings).not.toHaveBeenCalled();
});
