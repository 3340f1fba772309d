import { describe, expect, test } from 'vitest';
import { startReplay } from '../../src/store/replay.ts';
import { initialViewState } from '../../src/store/view-state.ts';
import { createViewStore } from '../../src/store/view-store.ts';
import { App } from '../../src/ui/app.tsx';
import { glyphsFor } from '../../src/ui/theme.ts';
import { renderAt } from '../helpers/ink-stdout.ts';
import { connections, modelOf } from '../helpers/sockets.ts';

const NOON = new Date(2026, 10, 21, 12).getTime();
const WIDE = { columns: 120, rows: 30 };

const modelAt = (second: number) =>
  modelOf(connections(10 + second), { takenAtMs: NOON + 1000 * second });

function open(
  size: typeof WIDE,
  settings: Parameters<typeof initialViewState>[0] = {},
  ascii = false,
) {
  const store = createViewStore(initialViewState(settings));
  store.dispatch({ type: 'model', model: modelAt(0) });
  const app = <App store={store} glyphs={glyphsFor(ascii)} />;
  return { store, screen: renderAt(app, size) };
}

describe('while it records', () => {
  test.each([
    // At the right end, where it pushes nothing.
    [WIDE, /^ ephtop {2}proxy-7 {2}Linux .* ● REC 12 s, 34\.6 kB ?$/m],
    [{ columns: 80, rows: 24 }, /^ ephtop {2}proxy-7 .* ● REC 12 s, 34\.6 kB ?$/m],
    // No title there.
    [{ columns: 80, rows: 12 }, /^ range 40000–40099 {2}procfs .* ● REC 12 s, 34\.6 kB ?$/m],
    [{ columns: 40, rows: 10 }, /^ range 40000–40099 {2}procfs 250ms {2}● REC ?$/m],
  ])('at %j a mark says so', async (size, mark) => {
    const { store, screen } = open(size);
    screen.stdin.write('r');
    await screen.waitForFrame('● REC');
    store.dispatch({ type: 'model', model: modelAt(12), recordedBytes: 34_567 });
    const text = await screen.waitForFrame(mark);
    expect(text.split('\n').length).toBeLessThanOrEqual(size.rows);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(
      size.columns,
    );
    screen.stdin.write('r');
    await screen.waitForFrame(/^(?![^]*REC)/);
  });

  test('the mark is ASCII where all is', async () => {
    const { screen } = open(WIDE, {}, true);
    screen.stdin.write('r');
    await screen.waitForFrame(/^ ephtop .* \* REC ?$/m);
  });
});

describe('a recording', () => {
  const position = { index: 0, elapsedMs: 0, durationMs: 60_000, isLast: false };
  const replay = startReplay(position);

  test.each([WIDE, { columns: 80, rows: 24 }, { columns: 40, rows: 10 }])(
    'at %j is marked as one, and its keys are heard',
    async (size) => {
      const { store, screen } = open(size, { replay });
      const text = await screen.waitForFrame(/^ ▶ REPLAY .*12:00:00, 0:00 of 1:00/m);
      expect(text.split('\n').length).toBeLessThanOrEqual(size.rows);
      screen.stdin.write(' ');
      await screen.waitForFrame(/^ ‖ PAUSED /m);
      screen.stdin.write('+');
      await screen.waitForFrame(/0:00 of 1:00 ×2/);
      screen.stdin.write('}');
      await screen.flush();
      expect(store.getState().replay?.goal).toEqual({ elapsedMs: 6000 });
      const step = { ...position, elapsedMs: 60_000, isLast: true };
      store.dispatch({ type: 'model', model: modelAt(60), step });
      await screen.waitForFrame(/^ ■ END .*12:01:00, 1:00 of 1:00/m);
      screen.stdin.write('r');
      await screen.waitForFrame('This is already a recording');
    },
  );

  test('has keys of its own in the footer', async () => {
    const { screen } = open({ columns: 140, rows: 30 }, { replay });
    const footer = (await screen.waitForFrame('p pause')).split('\n').at(-1);
    expect(footer).toContain('+ - speed');
    expect(footer).not.toMatch(/record|freeze/);
    const live = await open({ columns: 140, rows: 30 }).screen.waitForFrame('p freeze  r record');
    expect(live).not.toContain('speed');
  });

  test.each([
    [undefined, /^ ephtop {2}proxy-7 .* replay of netlink +10 sockets/m],
    [{ intervalMs: 500, cpuShare: 0.1 }, / replay of netlink 500ms +cost \S+ CPU +10 sockets/],
  ])('is named as the source, with its interval where it is told: %j', async (pacing, title) => {
    const model = modelAt(0);
    const { sample } = model;
    const sampling = {
      ...sample.sampling,
      source: 'replay',
      replayOf: 'netlink',
      ...(pacing && { pacing }),
    } as const;
    const { store, screen } = open(WIDE, { replay });
    store.dispatch({ type: 'model', model: { ...model, sample: { ...sample, sampling } } });
    await screen.waitForFrame(title);
  });
});
