import { describe, expect, test } from 'vitest';
import { initialViewState } from '../../src/store/view-state.ts';
import { createViewStore } from '../../src/store/view-store.ts';
import { App } from '../../src/ui/app.tsx';
import { glyphsFor } from '../../src/ui/theme.ts';
import { renderAt } from '../helpers/ink-stdout.ts';
import { connections, modelOf, type TestSocket } from '../helpers/sockets.ts';

const NOON = new Date(2026, 10, 21, 12).getTime();

function open(size: { columns: number; rows: number }, ascii = false) {
  const store = createViewStore(initialViewState());
  /** Shows these sockets, so many seconds after noon. */
  const take = (second: number, sockets: readonly TestSocket[]) => {
    const model = modelOf(sockets, { takenAtMs: NOON + 1000 * second });
    store.dispatch({ type: 'model', model });
  };
  for (let second = 0; second <= 40; second++) take(second, connections(10 + second));
  const app = <App store={store} glyphs={glyphsFor(ascii)} />;
  return { store, take, screen: renderAt(app, size) };
}

const without = (text: string) => new RegExp(`^(?![^]*${text})`);

const LEFT = '\u001b[D';
const RIGHT = '\u001b[C';

describe.each([
  { columns: 120, rows: 30 },
  { columns: 80, rows: 24 },
])('at $columns columns', (size) => {
  test('the arrows go through time, and everything is as it was then', async () => {
    const { screen, take } = open(size);
    expect(screen.lastText()).toMatch(/10\.0\.9\.21:8080 .*50\.0%/);
    screen.stdin.write(LEFT);
    const past = await screen.waitForFrame(/^ PAST 12:00:39, 1 s ago; → forward, L live/m);
    expect(past).toMatch(/10\.0\.9\.21:8080 .*51\.0%/);
    expect(past.split('\n').length).toBeLessThanOrEqual(size.rows);
    screen.stdin.write('[');
    expect(await screen.waitForFrame(/PAST 12:00:09, 31 s ago/)).toMatch(
      /10\.0\.9\.21:8080 .*81\.0%/,
    );
    take(41, connections(90));
    expect(await screen.waitForFrame(/PAST 12:00:09, 32 s ago/)).toContain('81.0%');
    screen.stdin.write(RIGHT);
    await screen.waitForFrame(/PAST 12:00:10, 31 s ago/);
    screen.stdin.write(']');
    await screen.waitForFrame(/PAST 12:00:40, 1 s ago/);
    screen.stdin.write('L');
    expect(await screen.waitForFrame(/10\.0\.9\.21:8080 .*10\.0%/)).not.toContain('PAST');
  });

  test('a group that has gone is marked, and then leaves', async () => {
    const { screen, take } = open(size);
    const other = connections(30, { remotePort: 9090 });
    take(41, [...connections(50), ...other]);
    take(42, connections(50));
    expect(await screen.waitForFrame('×')).toMatch(/^ × 10\.0\.3\.7 → 10\.0\.9\.21:9090 .*70\.0%/m);
    take(48, connections(50));
    await screen.waitForFrame(without('9090'));
  });
});

test('at 40x10 the mark says how to leave, and the screen holds it', async () => {
  const { screen } = open({ columns: 40, rows: 10 });
  screen.stdin.write(LEFT);
  const lines = (await screen.waitForFrame(' PAST 12:00:39, 1 s ago; L live')).split('\n');
  expect(lines.length).toBeLessThanOrEqual(10);
  expect(lines.at(-1)).toContain('quit');
  expect(lines.join('\n')).toMatch(/^▸. .*10\.0\.9\.21:8080 +51\.0%/m);
});

test('in what-if the arrows change the value, also in the past', async () => {
  const { screen, store } = open({ columns: 120, rows: 30 });
  screen.stdin.write(LEFT);
  await screen.waitForFrame('PAST');
  screen.stdin.write('w');
  await screen.waitForFrame('WHAT IF');
  screen.stdin.write(RIGHT);
  await screen.waitForFrame('WHAT IF, not the real machine');
  expect(screen.lastText()).toContain('PAST 12:00:39');
  expect(store.getState().whatIf).not.toEqual({});
  screen.stdin.write('\u001b');
  await screen.waitForFrame(without('WHAT IF'));
  screen.stdin.write('\u001b');
  await screen.waitForFrame(without('PAST'));
});

test('in ASCII the marks are, too', async () => {
  const { screen, take } = open({ columns: 80, rows: 24 }, true);
  take(41, connections(5, { remotePort: 9090 }));
  await screen.waitForFrame(/^.x 10\.0\.3\.7 -> 10\.0\.9\.21:8080/m);
  screen.stdin.write(LEFT);
  await screen.waitForFrame('; -> forward, L live');
});
