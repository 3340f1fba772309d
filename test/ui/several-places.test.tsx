import { expect, test } from 'vitest';
import type { Place } from '../../src/kernel/place.ts';
import { initialViewState } from '../../src/store/view-state.ts';
import { createViewStore } from '../../src/store/view-store.ts';
import { App } from '../../src/ui/app.tsx';
import { glyphsFor } from '../../src/ui/theme.ts';
import { renderAt } from '../helpers/ink-stdout.ts';
import { connections, modelOf } from '../helpers/sockets.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const PLACES: readonly Place[] = [
  { kind: 'here', id: 'net:1', name: 'proxy-7' },
  { kind: 'namespace', id: 'net:2', name: 'checkout-7d9f-x2xv8' },
  { kind: 'namespace', id: 'net:3', name: 'web' },
];
const USED = [50, 92, 20];

test('x', async () => {
  for (const [columns, rows] of [[40,10],[60,15],[80,24],[120,40],[200,50]] as const) {
    const store = createViewStore(initialViewState());
    const models = PLACES.map((place, at) => modelOf([...connections(USED[at] ?? 0), ...connections(5, {remote: '10.0.9.22'})], { place, takenAtMs: NOON - 5000*at }));
    const [first, ...others] = models;
    if (first) store.dispatch({ type: 'model', model: first, others, carriedToMs: NOON });
    const screen = renderAt(<App store={store} glyphs={glyphsFor(false)} />, { columns, rows });
    console.log(screen.lastText());
    store.dispatch({ type: 'lost', places: [{ placeId: 'net:3', name: 'web', reason: 'ssh: connection refused.' }, {placeId: undefined, name: 'ssh db-1', reason: 'no route to host.'}] });
    for (const k of ['f','f','f','f']) store.dispatch({type:'fold'});
    await screen.flush();
    console.log(screen.lastText());
  }
  expect(1).toBe(1);
});
