import { expect, test } from 'vitest';
import type { Place } from '../../src/kernel/place.ts';
import type { Model } from '../../src/model/model.ts';
import { initialViewState } from '../../src/store/view-state.ts';
import { createViewStore, type ViewStore } from '../../src/store/view-store.ts';
import { App } from '../../src/ui/app.tsx';
import { narratorOf } from '../../src/ui/speech/narrator.ts';
import { glyphsFor } from '../../src/ui/theme.ts';
import { renderAt } from '../helpers/ink-stdout.ts';
import { connections, modelOf, SMALL_RANGE, type TestSocket } from '../helpers/sockets.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const HERE: Place = { kind: 'here', id: 'net:1', name: 'proxy-7' };
const POD: Place = { kind: 'namespace', id: 'net:2', name: 'pod' };
/** The pod has a range of odd size. */
const POD_SYSCTLS = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': '40000 40098' };

const here = (sockets: readonly TestSocket[], second = 0): Model =>
  modelOf(sockets, { place: HERE, hostname: HERE.name, takenAtMs: NOON + 1000 * second });
const pod = (sockets: readonly TestSocket[], second = 0): Model =>
  modelOf(sockets, {
    place: POD,
    hostname: POD.name,
    sysctls: POD_SYSCTLS,
    takenAtMs: NOON + 1000 * second,
  });

function storeOf(...models: readonly Model[]) {
  const store = createViewStore(initialViewState());
  for (const model of models) store.dispatch({ type: 'model', model });
  return store;
}

const SIZE = { columns: 120, rows: 30 };

test('header and panels are about the place of the selected group, the table about all', async () => {
  const store = storeOf(here(connections(50)), pod(connections(70)));
  const screen = renderAt(<App store={store} glyphs={glyphsFor(false)} />, SIZE);
  expect(screen.lastText()).toMatch(/^ ephtop {2}pod /);
  expect(screen.lastText().match(/▸?.* → 10\.0\.9\.21:8080 .*%.*/g)).toHaveLength(3);
  store.dispatch({ type: 'move', by: 1, rows: 2 });
  await screen.flush();
  expect(screen.lastText()).toMatch(/^ ephtop {2}proxy-7 /);
  store.dispatch({ type: 'panel', panel: 'sysctl' });
  await screen.flush();
  expect(screen.lastText()).toContain('40000 40099');
});

test('the detail of the first row is that of its own place, whichever is in focus', async () => {
  const store = storeOf(here(connections(50)), here(connections(55), 1), pod(connections(70)));
  store.dispatch({ type: 'invert' });
  store.dispatch({ type: 'panel', panel: 'detail' });
  const screen = renderAt(<App store={store} glyphs={glyphsFor(false)} />, SIZE);
  expect(screen.lastText()).toMatch(/^ ephtop {2}pod /);
  expect(screen.lastText()).toContain('45.0% headroom');
  expect(screen.lastText()).toContain('usable   100 = range 100 ');
  // A second ago it had 50.
  expect(screen.lastText()).toMatch(/ {3}▁│▂/);
});

/** What a listener hears of a store from now on. */
function listen(store: ViewStore): string[] {
  const heard: string[] = [];
  narratorOf(store, (lines) =>
    heard.push(lines.map((line) => (typeof line === 'string' ? line : line.verbatim)).join('\n')),
  ).start();
  return heard;
}

test('who listens hears of the place that gets worse', () => {
  const store = storeOf(here(connections(50)), pod(connections(30)));
  const heard = listen(store);
  expect(heard[0]).toMatch(/\n1 of 2, selected: [^]*\n2 of 2: /);
  store.dispatch({ type: 'move', by: 0, rows: 2 });
  store.dispatch({ type: 'model', model: pod(connections(95), 1) });
  store.dispatch({ type: 'model', model: here(connections(50), 2) });
  expect(heard.slice(1)).toEqual([
    expect.stringMatching(/^In pod: Critical: .* left, 4 of 99, .* Press the letter a .*/),
  ]);
});

test('who listens to one place first hears of a worse one next', () => {
  const store = storeOf(here(connections(50)), pod(connections(95)));
  store.dispatch({ type: 'move', by: 1, rows: 2 });
  const heard = listen(store);
  expect(heard[0]).toMatch(/^In proxy-7: Healthy: [^]*\nMachine proxy-7: /);
  store.dispatch({ type: 'model', model: here(connections(50), 1) });
  expect(heard[1]).toMatch(/^In pod: Critical: .* left, 4 of 99, /);
});
