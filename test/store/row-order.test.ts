/** How long a row may stand out of order. */
import { expect, test } from 'vitest';
import type { GroupModel } from '../../src/model/group-model.ts';
import { reduce } from '../../src/store/reducer.ts';
import { initialViewState, type ViewState } from '../../src/store/view-state.ts';
import { visibleGroups } from '../../src/store/visible-groups.ts';
import { connections, modelOf } from '../helpers/sockets.ts';

const START_MS = Date.UTC(2026, 10, 21, 12);

/** Live connections of the groups 10.0.9.1, 10.0.9.2 and so on, that many ms after the start. */
const model = (afterMs: number, ...live: number[]) =>
  modelOf(
    live.flatMap((count, index) => connections(count, { remote: `10.0.9.${index + 1}` })),
    { takenAtMs: START_MS + afterMs },
  );
const next = (state: ViewState, afterMs: number, ...live: number[]) =>
  reduce(state, { type: 'model', model: model(afterMs, ...live) });
const order = (state: ViewState) =>
  visibleGroups(state)
    .map(({ remoteAddress }: GroupModel) => remoteAddress.split('.').at(-1))
    .join('');

const BY_LIVE = { column: 'live', inverted: false } as const;

test.each(['headroom', 'used', 'live', 'group'] as const)(
  'the first picture is in the order by %s, either way',
  (column) => {
    const first = (inverted: boolean) =>
      order(next(initialViewState({ order: { column, inverted } }), 0, 10, 40, 20));
    expect([first(false), first(true)]).toEqual(
      column === 'group' ? ['123', '321'] : ['231', '132'],
    );
  },
);

test('a small difference stands for less than five seconds', () => {
  let state = next(initialViewState({ order: BY_LIVE }), 0, 40, 38);
  state = next(state, 250, 38, 40);
  expect(order(state)).toBe('12');
  state = next(state, 4999, 38, 40);
  expect(order(state)).toBe('12');
  state = next(state, 5000, 38, 40);
  expect(order(state)).toBe('21');
  // Counted from there on.
  state = next(state, 5250, 40, 38);
  expect(order(state)).toBe('21');
  state = next(state, 9999, 40, 38);
  expect(order(state)).toBe('21');
  state = next(state, 10_000, 40, 38);
  expect(order(state)).toBe('12');
});

test('a great difference does not stand at all: a tenth of the greater value', () => {
  const state = next(initialViewState({ order: BY_LIVE }), 0, 38, 37);
  expect(order(next(state, 250, 36, 40))).toBe('12');
  expect(order(next(state, 250, 35, 40))).toBe('21');
});

test('an order that the user chooses counts from then', () => {
  let state = next(initialViewState({ order: BY_LIVE }), 0, 40, 38);
  state = next(state, 4000, 38, 40);
  state = reduce(state, { type: 'invert' });
  expect(order(state)).toBe('12');
  state = next(state, 8999, 40, 38);
  expect(order(state)).toBe('12');
  state = next(state, 9000, 40, 38);
  expect(order(state)).toBe('21');
});

test('a clock that is set back does not keep rows where they are', () => {
  let state = next(initialViewState({ order: BY_LIVE }), 0, 40, 38);
  state = next(state, -3_600_000, 38, 40);
  expect(order(state)).toBe('21');
});

test('rows that fade stay below the one that they were below', () => {
  let state = next(initialViewState({ order: BY_LIVE }), 0, 40, 30, 20);
  state = next(state, 4900, 40, 0, 20);
  expect(order(state)).toBe('123');
  state = next(state, 5000, 40, 0, 41);
  expect(order(state)).toBe('312');
});
