import { describe, expect, test } from 'vitest';
import type { Model } from '../../src/model/model.ts';
import { ModelFeed } from '../../src/store/model-feed.ts';
import { reduce } from '../../src/store/reducer.ts';
import type { Action } from '../../src/store/actions.ts';
import { createStore } from '../../src/store/store.ts';
import { initialViewState, shownModel, type ViewState } from '../../src/store/view-state.ts';
import { LONGEST_FILTER, parseFilter } from '../../src/model/query/filter-words.ts';
import { visibleGroups } from '../../src/store/visible-groups.ts';
import { connections, modelOf, sampleOfSockets } from '../helpers/sockets.ts';

const host = (last: number, count: number) => connections(count, { remote: `10.0.0.${last}` });
const MODEL = modelOf([...host(1, 30), ...host(2, 20), ...host(3, 10)]);

function after(actions: readonly Action[], model: Model = MODEL): ViewState {
  return actions.reduce(reduce, reduce(initialViewState(), { type: 'model', model }));
}

const move = (by: number, rows = 3): Action => ({ type: 'move', by, rows });

describe('selection', () => {
  test.for([
    [[move(1)], '10.0.0.2'],
    [[move(1), move(1), move(1)], '10.0.0.3'],
    [[move(2), move(-1)], '10.0.0.2'],
    [[move(-5)], '10.0.0.1'],
    [[move(Infinity)], '10.0.0.3'],
    [[move(Infinity), move(-Infinity)], '10.0.0.1'],
  ] as const)('%j selects %s', ([actions, address]) => {
    expect(after(actions).selected).toContain(address);
  });

  test('follows its group when the order changes', () => {
    const grown = modelOf([...host(1, 30), ...host(2, 90), ...host(3, 10)]);
    const state = reduce(after([move(1)]), { type: 'model', model: grown });
    expect(state.selected).toContain('10.0.0.2');
    expect(visibleGroups(state)[0]?.key).toBe(state.selected);
  });

  test('goes on from the first row when its group has gone, and nothing is selected where there is none', () => {
    const model = modelOf([...host(1, 1), ...host(3, 2)]);
    // It fades for a while.
    const takenAtMs = model.sample.takenAtMs + 6000;
    const later = { ...model, sample: { ...model.sample, takenAtMs } };
    const left = after([move(1), { type: 'model', model }, { type: 'model', model: later }]);
    expect(reduce(left, move(1)).selected).toContain('10.0.0.1');
    expect(after([move(1)], modelOf([])).selected).toBeUndefined();
  });
});

test('freeze holds the model on the screen while new ones come', () => {
  const frozen = reduce(after([{ type: 'freeze' }]), { type: 'model', model: modelOf([]) });
  expect(shownModel(frozen)).toBe(MODEL);
  expect(shownModel(reduce(frozen, { type: 'freeze' }))?.groups).toEqual([]);
});

test('a panel key opens its panel and closes it again; Esc leaves what was entered last', () => {
  const open = after([{ type: 'panel', panel: 'sysctl' }]);
  expect(open.panel).toBe('sysctl');
  expect(reduce(open, { type: 'panel', panel: 'sysctl' }).panel).toBe('groups');
  expect(reduce(open, { type: 'panel', panel: 'advice' }).panel).toBe('advice');
  expect(reduce(open, { type: 'escape' }).panel).toBe('groups');
});

test('the cursor of a panel stays in the panel, and starts anew in the next', () => {
  const moved = after([{ type: 'panel', panel: 'advice' }, move(9, 4)]);
  expect(moved.panelCursor).toBe(3);
  expect(reduce(moved, { type: 'panel', panel: 'sysctl' }).panelCursor).toBe(0);
  expect(after([{ type: 'advice', index: 2 }])).toMatchObject({ panel: 'advice', panelCursor: 2 });
  expect(after([{ type: 'panel', panel: 'advice' }, move(1, 0)]).panelCursor).toBe(0);
});

test('a filter takes a character more than there may be, which says that the rest was left out', () => {
  const typed = after([
    { type: 'filter-edit' },
    { type: 'filter-text', text: '10.0.9.21 ' },
    { type: 'filter-text', text: 'x '.repeat(5000) },
  ]);
  expect(typed.filter).toHaveLength(LONGEST_FILTER + 1);
  expect(parseFilter(typed.filter).problem?.hint).toBe('at most 1000 characters');
  const corrected = reduce(typed, { type: 'filter-backspace' });
  expect(parseFilter(corrected.filter).problem).toBeUndefined();
});

test('the filter is typed, corrected, kept and cleared', () => {
  const typed = after([
    { type: 'filter-edit' },
    { type: 'filter-text', text: '.2é' },
    { type: 'filter-backspace' },
  ]);
  expect(typed).toMatchObject({ filter: '.2', editingFilter: true });
  expect(visibleGroups(reduce(typed, { type: 'filter-text', text: ':' })).length).toBe(1);
  const kept = reduce(typed, { type: 'filter-done' });
  expect(kept).toMatchObject({ filter: '.2', editingFilter: false });
  expect(reduce(kept, { type: 'escape' }).filter).toBe('');
  expect(reduce(typed, { type: 'escape' })).toMatchObject({ filter: '', editingFilter: false });
});

test.each([
  ['port:8080 tw>5', 'port:8080 '],
  ['port:8080  ', ''],
  ['one', ''],
  ['', ''],
])('of the filter %j, Ctrl-W leaves %j and Ctrl-U nothing', (filter, left) => {
  const typed = after([{ type: 'filter-edit' }, { type: 'filter-text', text: filter }]);
  const erased = (what: 'word' | 'all') => reduce(typed, { type: 'filter-erase', what });
  expect(erased('word')).toMatchObject({ filter: left, editingFilter: true });
  expect(erased('all')).toMatchObject({ filter: '', editingFilter: true });
});

test('the order goes through the columns and round', () => {
  const sort = (by: 1 | -1): Action => ({ type: 'sort', by });
  expect(after([sort(1)]).order).toEqual({ column: 'used', inverted: false });
  expect(after([sort(-1), sort(-1)]).order.column).toBe('eta');
  expect(after([{ type: 'invert' }]).order.inverted).toBe(true);
});

test('the interval is halved and doubled within limits', () => {
  const steps = (factor: number, count: number) =>
    after(Array.from({ length: count }, () => ({ type: 'interval', factor }) as const)).intervalMs;
  expect([steps(0.5, 1), steps(0.5, 9), steps(2, 1), steps(2, 20)]).toEqual([
    125, 100, 500, 60_000,
  ]);
});

test('subscribers are told of changes only, until they leave', () => {
  const store = createStore(
    (state: number, add: number) => ({ state: state + add, commands: [] }),
    1,
    () => {},
  );
  let told = 0;
  const leave = store.subscribe(() => told++);
  store.dispatch(0);
  store.dispatch(2);
  leave();
  store.dispatch(5);
  expect([store.getState(), told]).toEqual([8, 1]);
});

describe('the screen takes', () => {
  /** When models were shown, of samples taken every 250 ms. */
  function shownAt(socketsAt: (ms: number) => Parameters<typeof sampleOfSockets>[0]) {
    const shown: number[] = [];
    const feed = new ModelFeed(({ sample }) => shown.push(sample.takenAtMs));
    for (let ms = 0; ms <= 2000; ms += 250)
      feed.push(sampleOfSockets(socketsAt(ms), { takenAtMs: ms }));
    feed.push(sampleOfSockets([], { takenAtMs: -90_000 }));
    return shown;
  }

  test('two models a second while there is something new to see, whatever the sampling rate', () => {
    expect(shownAt((ms) => connections(1 + ms / 250))).toEqual([0, 500, 1000, 1500, 2000, -90_000]);
  });

  test('one a second otherwise, for the clock', () => {
    expect(shownAt(() => connections(3))).toEqual([0, 1000, 2000, -90_000]);
  });

  test('a change as soon as half a second has passed since the last one', () => {
    const changed = (ms: number) => connections(ms < 1500 ? 3 : 4);
    expect(shownAt(changed)).toEqual([0, 1000, 1500, -90_000]);
  });
});
