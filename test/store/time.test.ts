import { describe, expect, test } from 'vitest';
import type { Model } from '../../src/model/model.ts';
import { reduce } from '../../src/store/reducer.ts';
import type { Action } from '../../src/store/actions.ts';
import {
  initialViewState,
  realModel,
  shownModel,
  type ViewState,
} from '../../src/store/view-state.ts';
import { fadingGroups, selectedGroup, visibleGroups } from '../../src/store/visible-groups.ts';
import { connections, modelOf, type TestSocket } from '../helpers/sockets.ts';

const NOON = Date.UTC(2026, 10, 21, 12);

const host = (last: number, count: number) => connections(count, { remote: `10.0.0.${last}` });
const modelAt = (second: number, sockets: readonly TestSocket[]) =>
  modelOf(sockets, { takenAtMs: NOON + 1000 * second });

/** As the view takes it. */
function take(state: ViewState, model: Model): ViewState {
  return reduce(state, { type: 'model', model });
}

/** Ten seconds, in each of which one more port is in use than in the last. */
function tenSeconds(): ViewState {
  return Array.from({ length: 11 }, (_, second) => modelAt(second, host(1, second))).reduce(
    take,
    initialViewState(),
  );
}

const act = (state: ViewState, ...actions: Action[]) => actions.reduce(reduce, state);

const BACK: Action = { type: 'time', byMs: -1 };
const FORWARD: Action = { type: 'time', byMs: 1 };
const LIVE: Action = { type: 'live' };
const ESCAPE: Action = { type: 'escape' };
const FREEZE: Action = { type: 'freeze' };

const secondOf = (state: ViewState) => ((realModel(state)?.sample.takenAtMs ?? NaN) - NOON) / 1000;
const usedOf = (state: ViewState) => shownModel(state)?.worst?.used;

describe('the past', () => {
  test('is gone through a sample at a time, with the figures of then', () => {
    const back = act(tenSeconds(), BACK, BACK);
    expect([secondOf(back), usedOf(back)]).toEqual([8, 8]);
    expect(visibleGroups(back)[0]?.used).toBe(8);
    const forward = act(back, FORWARD);
    expect(secondOf(forward)).toBe(9);
    expect(act(forward, FORWARD).past).toBeUndefined();
    expect(act(forward, { type: 'time', byMs: 30_000 }).past).toBeUndefined();
  });

  test('begins at the oldest; without one, and live, the keys do nothing', () => {
    const oldest = act(tenSeconds(), { type: 'time', byMs: -30_000 });
    expect(secondOf(oldest)).toBe(0);
    expect(act(oldest, BACK)).toBe(oldest);
    const live = tenSeconds();
    expect(act(live, FORWARD)).toBe(live);
    expect(act(initialViewState(), BACK).past).toBeUndefined();
  });

  test('stays on the screen while time goes on', () => {
    const later = take(act(tenSeconds(), BACK), modelAt(11, host(1, 50)));
    expect([secondOf(later), later.latest[0]?.worst?.used]).toEqual([9, 50]);
    expect(act(later, FORWARD, FORWARD).past).toBeUndefined();
    expect(secondOf(act(later, FORWARD))).toBe(10);
  });

  test.for([
    ['L', [LIVE]],
    ['p', [FREEZE]],
    ['Esc where no panel is open', [{ type: 'panel', panel: 'sysctl' }, ESCAPE, ESCAPE]],
  ] as const)('is left by %s', ([, actions]) => {
    const live = act(tenSeconds(), BACK, ...actions);
    expect(live).toMatchObject({ past: undefined, frozen: undefined, panel: 'groups' });
  });

  test('is left before the filter is', () => {
    const filtered = act(tenSeconds(), { type: 'filter-text', text: '10' }, BACK, ESCAPE);
    expect(filtered).toMatchObject({ past: undefined, filter: '10' });
    expect(act(filtered, ESCAPE).filter).toBe('');
  });

  test('ends at a frozen screen, which stays frozen', () => {
    const later = take(act(tenSeconds(), FREEZE), modelAt(11, host(1, 50)));
    expect(secondOf(act(later, BACK))).toBe(9);
    const frozen = act(later, BACK, FORWARD);
    expect([secondOf(frozen), frozen.past]).toEqual([10, undefined]);
    expect(act(frozen, FORWARD)).toBe(frozen);
    expect(secondOf(act(later, BACK, ESCAPE))).toBe(10);
    expect(secondOf(act(later, BACK, LIVE))).toBe(11);
  });

  test('has no other group in place of the selected one', () => {
    const selected = modelAt(11, host(2, 5)).groups[0]?.key ?? '';
    const both = take(tenSeconds(), modelAt(11, [...host(1, 11), ...host(2, 5)]));
    const state = act(both, { type: 'pick', key: selected }, { type: 'panel', panel: 'detail' });
    expect(selectedGroup(state)?.used).toBe(5);
    expect(selectedGroup(act(state, BACK))).toBeUndefined();
    expect(selectedGroup(act(both, BACK))?.used).toBe(10);
  });

  test('is what a what-if starts from', () => {
    const back = act(tenSeconds(), BACK, { type: 'panel', panel: 'what-if' });
    expect(secondOf(back)).toBe(9);
    expect(shownModel(back)?.sample.takenAtMs).toBe(back.past?.[0]?.sample.takenAtMs);
  });
});

describe('rows keep their places', () => {
  const rowsOf = (state: ViewState) =>
    visibleGroups(state).map(({ remoteAddress }) => remoteAddress.slice(7));
  const three = (second: number, first: number, middle: number, last: number) =>
    modelAt(second, [...host(1, first), ...host(2, middle), ...host(3, last)]);
  const START = take(initialViewState(), three(0, 50, 20, 20));

  test('as long as nothing real has changed', () => {
    expect(rowsOf(START)).toEqual(['1', '2', '3']);
    const close = take(START, three(1, 50, 20, 22));
    expect(rowsOf(close)).toEqual(['1', '2', '3']);
    expect(rowsOf(take(close, three(2, 50, 20, 25)))).toEqual(['1', '3', '2']);
  });

  test.for<[string, Action[]]>([
    ['another order', [{ type: 'invert' }, { type: 'invert' }]],
    ['another filter', [{ type: 'filter-text', text: '10' }]],
    ['L, from the past', [BACK, LIVE]],
  ])('until the user asks for %s', ([, actions]) => {
    const close = take(START, three(1, 50, 20, 22));
    const sorted = act(close, ...actions);
    expect(rowsOf(sorted)).toEqual(['1', '3', '2']);
    expect(rowsOf(take(sorted, three(2, 50, 22, 20)))).toEqual(['1', '3', '2']);
  });

  test('also under a filter, and while a panel is open and closed', () => {
    const close = act(
      take(START, three(1, 50, 20, 22)),
      { type: 'panel', panel: 'sysctl' },
      ESCAPE,
    );
    expect(rowsOf(close)).toEqual(['1', '2', '3']);
    expect(rowsOf(act(close, { type: 'move', by: 1, rows: 3 }))).toEqual(['1', '2', '3']);
  });
});

describe('a group that has gone', () => {
  const both = (second: number) =>
    modelAt(second, [...host(1, 30), ...host(2, 20), ...host(3, 10)]);
  const without = (second: number) => modelAt(second, [...host(1, 30), ...host(3, 10)]);
  const GONE = [both(0), without(1)].reduce(take, initialViewState());
  const addresses = (state: ViewState) => visibleGroups(state).map((group) => group.remoteAddress);

  test('stays in its place for 5 s with its last values, and is in no total', () => {
    expect(addresses(GONE)).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
    expect(fadingGroups(GONE).map(({ used }) => used)).toEqual([20]);
    expect(shownModel(GONE)?.groups.length).toBe(2);
    const stays = take(take(GONE, without(3)), without(5.9));
    expect(addresses(stays)).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
    const gone = take(stays, without(6.1));
    expect(addresses(gone)).toEqual(['10.0.0.1', '10.0.0.3']);
    expect(fadingGroups(gone)).toEqual([]);
  });

  test('is there once when it comes back', () => {
    const back = take(GONE, both(2));
    expect(addresses(back)).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
    expect(fadingGroups(back)).toEqual([]);
  });

  test('is sorted with the others when the user asks for another order', () => {
    const inverted = act(GONE, { type: 'invert' });
    expect(addresses(inverted)).toEqual(['10.0.0.3', '10.0.0.2', '10.0.0.1']);
    expect(addresses(take(inverted, without(2)))).toEqual(['10.0.0.3', '10.0.0.2', '10.0.0.1']);
  });

  test('does not stand first where the worst does', () => {
    const worstGone = [both(0), modelAt(1, [...host(2, 20), ...host(3, 10)])].reduce(
      take,
      initialViewState(),
    );
    expect(addresses(worstGone)).toEqual(['10.0.0.2', '10.0.0.1', '10.0.0.3']);
    expect(addresses(take(GONE, modelAt(2, [])))).toHaveLength(3);
  });

  test('is filtered like the others, and has no place in the past or in what would be', () => {
    expect(addresses(act(GONE, { type: 'filter-text', text: '10.0.0.3' }))).toEqual(['10.0.0.3']);
    expect(addresses(act(GONE, { type: 'panel', panel: 'what-if' }))).toHaveLength(2);
    expect(fadingGroups(act(GONE, BACK))).toEqual([]);
    expect(fadingGroups(act(GONE, BACK, LIVE))).toEqual([]);
  });

  test('is not what went while the screen was frozen', () => {
    const frozen = take(act(take(initialViewState(), both(0)), FREEZE), without(1));
    expect(fadingGroups(frozen)).toEqual([]);
    expect(fadingGroups(act(frozen, FREEZE))).toEqual([]);
    expect(fadingGroups(take(act(GONE, FREEZE), without(9)))).toHaveLength(1);
  });

  test('cannot be told from one that is too small to be shown', () => {
    const model = without(1);
    const remainder = { ...model.sample.remainder, groups: 4, sockets: 9 };
    const state = [both(0), { ...model, sample: { ...model.sample, remainder } }].reduce(
      take,
      initialViewState(),
    );
    expect(fadingGroups(state)).toEqual([]);
  });
});
