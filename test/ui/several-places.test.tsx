import { describe, expect, test } from 'vitest';
import type { LostPlace } from '../../src/model/places.ts';
import type { Action } from '../../src/store/actions.ts';
import { initialViewState } from '../../src/store/view-state.ts';
import { createViewStore } from '../../src/store/view-store.ts';
import { App } from '../../src/ui/app.tsx';
import { glyphsFor } from '../../src/ui/theme.ts';
import { type FrameSize, renderAt } from '../helpers/ink-stdout.ts';
import { HERE, placeModel, POD, WEB } from '../helpers/places.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const LOST: LostPlace = { placeId: WEB.id, name: 'web', reason: 'ssh: connection refused.' };
const UNSEEN: LostPlace = { placeId: undefined, name: 'ssh db-1', reason: 'no route to host.' };

/** Three places, of which the pod is the worst, and what is done to them. */
async function screenOf(size: FrameSize, ...actions: readonly Action[]) {
  const store = createViewStore(initialViewState());
  const models = [placeModel(POD, 92), placeModel(WEB, 20, -12)];
  const first = placeModel(HERE, 50);
  store.dispatch({ type: 'model', model: first, others: models, carriedToMs: NOON });
  const screen = renderAt(<App store={store} glyphs={glyphsFor(false)} />, size);
  for (const action of actions) store.dispatch(action);
  await screen.flush();
  return screen.lastText();
}

const rowsOf = (text: string) => text.split('\n').filter((line) => line.includes(':8080 '));
const FOLD: Action = { type: 'fold' };
const lost = (...places: readonly LostPlace[]): Action => ({ type: 'lost', places });

describe('several places', () => {
  test.each([
    [60, 15],
    [80, 24],
    [120, 40],
    [200, 50],
  ])(
    'at %i x %i: the worst first, each row with its place, the verdict with that of its group',
    async (columns, rows) => {
      const text = await screenOf({ columns, rows });
      expect(text).toMatch(/ PLACE {2}/);
      expect(text).toContain('▲ checkout-7d9f-x2xv8: 10.0.3.7 → 10.0.9.21:8080');
      const places = rowsOf(text)
        .filter((line) => !line.includes('x2xv8: '))
        .map((line) => /^..(?:.)(\S+)/.exec(line)?.[1]);
      expect(places).toEqual(['checkout…f-x2xv8', 'proxy-7', 'web']);
      for (const column of ['10.0.9.21:8080', 'HEADROOM', 'EMPTY IN'])
        expect(text).toContain(column);
    },
  );

  test('at 40 x 10 the column gives way to destination, headroom and time: the verdict has the place', async () => {
    const text = await screenOf({ columns: 40, rows: 10 });
    expect(text).not.toContain('PLACE');
    expect(text).toContain('▲ checko…x2xv8: ….3.7 → 10.0.9.21:8080');
    expect(rowsOf(text).slice(-3)).toEqual([
      expect.stringMatching(/^▸▲ → 10\.0\.9\.21:8080 +8\.0% +unknown$/),
      expect.stringMatching(/^ {3}→ 10\.0\.9\.21:8080 +50\.0% +unknown$/),
      expect.stringMatching(/^ {3}→ 10\.0\.9\.21:8080 +80\.0% +unknown$/),
    ]);
  });

  test('the title says how many there are, and how old the oldest sample is where that matters', async () => {
    const size = { columns: 120, rows: 40 };
    expect(await screenOf(size)).toMatch(
      /^ ephtop {2}checkout-7d9f-x2xv8 {2}3 places, oldest 12 s /,
    );
    const fresh = await screenOf(size, { type: 'model', model: placeModel(WEB, 20, -9.9) });
    expect(fresh).toMatch(/ 3 places {2,}/);
  });

  test('one that is lost stays, marked, with the age of its last sample and the reason', async () => {
    const text = await screenOf({ columns: 80, rows: 24 }, lost(LOST));
    expect(text).toContain(' ! web: no sample for 12 s: ssh: connection refused\n');
    expect(text).toMatch(/^ {3}!web +10\.0\.3\.7/m);
    expect(text).toContain('3 places, 1 lost, oldest 12 s');
  });

  test('one that was never seen counts, and is told', async () => {
    const text = await screenOf({ columns: 120, rows: 24 }, lost(UNSEEN));
    expect(text).toContain(' ! ssh db-1: no sample so far: no route to host\n');
    expect(text).toContain('4 places, 1 lost');
  });

  test('fold by place, after destination, owner and source', async () => {
    const text = await screenOf({ columns: 80, rows: 24 }, FOLD, FOLD, FOLD, FOLD);
    expect(text).toContain('folded by place');
    expect(text).toMatch(
      /▸▲ checkout-7d9f-x2xv8 \(1 group\).*\n {3}proxy-7 \(1 group\).*\n {3}web \(1/,
    );
  });

  test('a fold of several places has their number, and is not lost with one of them', async () => {
    const text = await screenOf({ columns: 120, rows: 24 }, FOLD, lost(LOST));
    expect(text).toMatch(/^▸▲ 3 places +10\.0\.9\.21:8080 \(3 sources\)/m);
  });

  test('the filter and the order know places', async () => {
    const size = { columns: 120, rows: 24 };
    const filtered = await screenOf(size, { type: 'filter-text', text: 'place:WEB' });
    expect(filtered).toContain('has 8.0% of its ports left (hidden by the filter)');
    expect(
      rowsOf(filtered)
        .slice(1)
        .map((line) => line.slice(3, 7)),
    ).toEqual(['web ']);
    const sorted = await screenOf(size, { type: 'sort-by', column: 'place' }, { type: 'invert' });
    const places = rowsOf(sorted)
      .slice(1)
      .map((line) => line.slice(3, 7));
    expect(places).toEqual(['web ', 'prox', 'chec']);
    expect(sorted).toContain('▴PLACE');
  });

  test('one that has gone fades, and leaves after five seconds', async () => {
    const size = { columns: 120, rows: 24 };
    const gone: Action = { type: 'gone', placeId: WEB.id };
    const text = await screenOf(size, gone);
    expect(text).toMatch(/^ × web +10\.0\.3\.7/m);
    expect(text).toContain(' 2 places ');
    const later = await screenOf(size, gone, { type: 'model', model: placeModel(HERE, 50, 4.9) });
    expect(later).toMatch(/^ × web/m);
    const left = await screenOf(size, gone, { type: 'model', model: placeModel(HERE, 50, 5) });
    expect(left).not.toContain('web');
  });

  test('of one place nothing of this is on the screen', async () => {
    const gone = [POD, WEB].map(({ id }): Action => ({ type: 'gone', placeId: id }));
    const text = await screenOf({ columns: 120, rows: 24 }, ...gone, {
      type: 'model',
      model: placeModel(HERE, 50, 6),
    });
    expect(text).not.toMatch(/PLACE|places|proxy-7:/);
  });
});

test('N watches all namespaces, and again this one alone', async () => {
  const watched: boolean[] = [];
  const store = createViewStore(initialViewState({ allNamespaces: false }), {
    watchNamespaces: (all) => watched.push(all),
  });
  store.dispatch({ type: 'model', model: placeModel(HERE, 50) });
  store.dispatch({ type: 'all-namespaces' });
  store.dispatch({ type: 'model', model: placeModel(POD, 92) });
  expect(store.getState().latest).toHaveLength(2);
  store.dispatch({ type: 'all-namespaces' });
  expect(watched).toEqual([true, false]);
  expect(store.getState().latest.map(({ sample }) => sample.place.name)).toEqual(['proxy-7']);
  expect(store.getState().fading).toEqual([]);
});

test('N says so where other places were asked for', () => {
  const store = createViewStore(initialViewState());
  store.dispatch({ type: 'all-namespaces' });
  expect(store.getState().notice).toMatch(/^N needs the view of this machine: /);
});
