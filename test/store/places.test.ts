import { describe, expect, test } from 'vitest';
import type { Place } from '../../src/kernel/place.ts';
import type { Model } from '../../src/model/model.ts';
import { groupKey, placeIdOf } from '../../src/model/sample/tuple-label.ts';
import type { Action } from '../../src/store/actions.ts';
import { reduce } from '../../src/store/reducer.ts';
import {
  heldScreen,
  initialViewState,
  latestModel,
  realModel,
  realModels,
  shownModel,
  shownModels,
  type ViewState,
} from '../../src/store/view-state.ts';
import { fadingGroups, selectedGroup, visibleGroups } from '../../src/store/visible-groups.ts';
import { connections, modelOf } from '../helpers/sockets.ts';

const NOON = Date.UTC(2026, 10, 21, 12);

const HERE: Place = { kind: 'here', id: 'net:1', name: 'proxy-7' };
const POD: Place = { kind: 'namespace', id: 'net:2', name: 'pod' };

/** Two destinations with so many connections each; the labels are the same in both places. */
function modelAt(place: Place, second: number, first: number, other = 0): Model {
  const sockets = [
    ...connections(first, { remote: '10.0.0.1' }),
    ...connections(other, { remote: '10.0.0.2' }),
  ];
  return modelOf(sockets, { place, takenAtMs: NOON + 1000 * second });
}

const act = (state: ViewState, ...actions: Action[]) => actions.reduce(reduce, state);
const take = (state: ViewState, ...models: Model[]) =>
  act(state, ...models.map((model): Action => ({ type: 'model', model })));

const keyOf = (place: Place, last: 1 | 2) => groupKey(place.id, '10.0.3.7', `10.0.0.${last}`, 8080);
const pick = (place: Place, last: 1 | 2): Action => ({ type: 'pick', key: keyOf(place, last) });
const down = (by: number): Action => ({ type: 'move', by, rows: 9 });
const BACK: Action = { type: 'time', byMs: -1 };
const FORWARD: Action = { type: 'time', byMs: 1 };
const FREEZE: Action = { type: 'freeze' };
const WHAT_IF: Action = { type: 'panel', panel: 'what-if' };

/** The rows from the top, as place, destination and ports in use: `net:1 1 50`. */
const rowsOf = (state: ViewState) =>
  visibleGroups(state).map(
    ({ key, remoteAddress, used }) => `${placeIdOf(key)} ${remoteAddress.slice(7)} ${used}`,
  );
const secondsOf = (models: readonly Model[] | undefined) =>
  models?.map(({ sample }) => (sample.takenAtMs - NOON) / 1000);
const focusOf = (state: ViewState) => realModel(state)?.sample.place.name;

/** The pod is the worse place. */
const BOTH = take(initialViewState(), modelAt(HERE, 0, 50, 20), modelAt(POD, 0.5, 60, 40));
const ROWS = ['net:2 1 60', 'net:1 1 50', 'net:2 2 40', 'net:1 2 20'];

test('a model takes the place of the earlier one of its own place only', () => {
  const [here, pod] = BOTH.latest;
  const next = take(BOTH, modelAt(POD, 1, 61, 40));
  expect(secondsOf(next.latest)).toEqual([0, 1]);
  expect(next.latest[0]).toBe(here);
  expect(next.latest[1]).not.toBe(pod);
  expect(rowsOf(next)).toEqual(['net:2 1 61', ...ROWS.slice(1)]);
});

describe('the table', () => {
  test('has the groups of all places in one order', () => {
    expect(rowsOf(BOTH)).toEqual(ROWS);
    expect(rowsOf(act(BOTH, { type: 'invert' }))).toEqual(ROWS.toReversed());
    expect(rowsOf(act(BOTH, { type: 'filter-text', text: '0.0.2' }))).toEqual([ROWS[2], ROWS[3]]);
  });

  test('keeps rows in their places, also between two of the same label', () => {
    const close = take(BOTH, modelAt(HERE, 1, 50, 41));
    expect(rowsOf(close)).toEqual(['net:2 1 60', 'net:1 1 50', 'net:2 2 40', 'net:1 2 41']);
    const passed = take(close, modelAt(HERE, 2, 50, 43));
    expect(rowsOf(passed)).toEqual(['net:2 1 60', 'net:1 1 50', 'net:1 2 43', 'net:2 2 40']);
  });
});

describe('the selection', () => {
  test('is one row of two with the same label', () => {
    const labels = visibleGroups(BOTH).map(({ label }) => label);
    expect(labels[0]).toBe(labels[1]);
    const second = act(BOTH, down(1));
    expect(second.selected).toBe(keyOf(HERE, 1));
    expect(selectedGroup(second)?.used).toBe(50);
    expect(act(second, down(1)).selected).toBe(keyOf(POD, 2));
    expect(act(BOTH, pick(POD, 1), pick(HERE, 1)).panel).toBe('groups');
    expect(act(BOTH, pick(HERE, 1), pick(HERE, 1)).panel).toBe('detail');
  });

  test('has its place in focus, and without one the worst place is', () => {
    expect(focusOf(initialViewState())).toBeUndefined();
    expect(focusOf(BOTH)).toBe('pod');
    expect(focusOf(take(BOTH, modelAt(HERE, 1, 90)))).toBe('proxy-7');
    const here = act(BOTH, pick(HERE, 2));
    expect(focusOf(here)).toBe('proxy-7');
    expect(shownModel(here)).toBe(here.latest[0]);
    expect(latestModel(here)).toBe(here.latest[0]);
    expect(focusOf(act(here, pick(POD, 2)))).toBe('pod');
    expect(focusOf(act(here, { type: 'fold' }, down(1)))).toBe('pod');
  });
});

describe('a group that has gone', () => {
  const GONE = take(BOTH, modelAt(HERE, 1, 50));

  test('fades in its row, and its namesake elsewhere does not', () => {
    expect(rowsOf(GONE)).toEqual(ROWS);
    expect(fadingGroups(GONE).map(({ key }) => key)).toEqual([keyOf(HERE, 2)]);
    expect(rowsOf(take(BOTH, modelAt(POD, 1, 60)))).toEqual(ROWS);
  });

  test('goes by the clock of its own place', () => {
    const later = take(GONE, modelAt(POD, 900, 60, 40));
    expect(fadingGroups(later)).toHaveLength(1);
    expect(fadingGroups(take(later, modelAt(HERE, 5.9, 50)))).toHaveLength(1);
    expect(fadingGroups(take(later, modelAt(HERE, 6.1, 50)))).toEqual([]);
  });

  test('comes back in its own place only', () => {
    const both = take(GONE, modelAt(POD, 1, 60));
    expect(fadingGroups(both)).toHaveLength(2);
    const back = take(both, modelAt(POD, 2, 60, 40));
    expect(fadingGroups(back).map(({ key }) => key)).toEqual([keyOf(HERE, 2)]);
  });
});

test('a frozen screen holds all places, once there is one', () => {
  expect(act(initialViewState(), FREEZE).frozen).toBeUndefined();
  const frozen = take(act(BOTH, FREEZE), modelAt(HERE, 1, 99), modelAt(POD, 1, 1));
  expect(rowsOf(frozen)).toEqual(ROWS);
  expect(secondsOf(realModels(frozen))).toEqual([0, 0.5]);
  expect(secondsOf(frozen.latest)).toEqual([1, 1]);
  const { frozen: held, latest } = heldScreen(act(frozen, pick(HERE, 1)));
  expect([held?.worst?.used, latest?.worst?.used]).toEqual([50, 99]);
  expect(rowsOf(act(frozen, FREEZE))).toEqual(['net:1 1 99', 'net:2 1 1']);
});

describe('going through time', () => {
  /** Both places for 5 s, the pod half a second later, and from the 2nd second on only. */
  const FIVE = act(
    take(
      initialViewState(),
      ...[0, 1, 2, 3, 4, 5].flatMap((second) => [
        modelAt(HERE, second, 10 + second, 5),
        ...(second < 2 ? [] : [modelAt(POD, second + 0.5, 50 + second, 5)]),
      ]),
    ),
    pick(HERE, 1),
  );

  test('takes all places to the time of the one in focus', () => {
    const back = act(FIVE, BACK);
    expect(secondsOf(back.past)).toEqual([4, 3.5]);
    expect(rowsOf(back)).toContain('net:1 1 14');
    expect(rowsOf(back)).toContain('net:2 1 53');
    expect(selectedGroup(back)?.used).toBe(14);
    expect(secondsOf(act(back, BACK).past)).toEqual([3, 2.5]);
    expect(secondsOf(act(back, BACK, FORWARD).past)).toEqual([4, 3.5]);
    expect(secondsOf(act(FIVE, pick(POD, 1), BACK).past)).toEqual([4, 4.5]);
  });

  test('has no place that was not watched yet, and stays with the one that was selected', () => {
    const start = act(FIVE, { type: 'time', byMs: -30_000 });
    expect(secondsOf(start.past)).toEqual([0]);
    expect(act(start, BACK)).toBe(start);
    const pod = act(FIVE, pick(POD, 1), { type: 'time', byMs: -30_000 });
    expect(secondsOf(pod.past)).toEqual([2, 2.5]);
    expect(focusOf(pod)).toBe('pod');
  });

  test('ends at the newest of the place in focus, and says how long ago', () => {
    const back = act(FIVE, BACK, BACK);
    const { past, latest } = heldScreen(back);
    expect(secondsOf([past, latest].flatMap((model) => model ?? []))).toEqual([3, 5]);
    expect(heldScreen(act(back, pick(POD, 1))).past?.worst?.used).toBe(52);
    expect(act(back, FORWARD).past).toBeDefined();
    expect(act(back, FORWARD, FORWARD).past).toBeUndefined();
    expect(secondsOf(realModels(act(back, FORWARD, FORWARD)))).toEqual([5, 5.5]);
  });

  test('ends at a frozen screen with both places as they were', () => {
    const frozen = take(act(FIVE, FREEZE), modelAt(HERE, 6, 1), modelAt(POD, 6.5, 1));
    const back = act(frozen, BACK);
    expect(secondsOf(back.past)).toEqual([4, 3.5]);
    expect(secondsOf(realModels(act(back, FORWARD)))).toEqual([5, 5.5]);
  });

  test('by tenths goes by all that is kept of any place', () => {
    const minute = take(FIVE, modelAt(HERE, 60, 1));
    expect(secondsOf(act(minute, { type: 'time-tenths', by: -10 }).past)).toEqual([0]);
    expect(secondsOf(act(minute, { type: 'time-tenths', by: -9 }).past)).toEqual([5, 4.5]);
  });
});

describe('what-if', () => {
  const halved: Action[] = [WHAT_IF, ...[1, 2].map(() => down(1)), { type: 'what-if-step', by: 1 }];

  test('changes the place in focus only', () => {
    const here = act(BOTH, pick(HERE, 1), ...halved);
    expect(here.whatIf).toEqual({ destinations: 2 });
    expect(rowsOf(here)).toEqual(['net:2 1 60', 'net:2 2 40', 'net:1 1 25', 'net:1 2 10']);
    expect(shownModels(here)[1]).toBe(here.latest[1]);
    expect(shownModel(here)).toBe(shownModels(here)[0]);
    expect(realModel(here)).toBe(here.latest[0]);
    const pod = act(here, pick(POD, 1));
    expect(rowsOf(pod).toSorted()).toEqual([
      'net:1 1 50',
      'net:1 2 20',
      'net:2 1 30',
      'net:2 2 20',
    ]);
  });

  test('leaves its rows alone while nothing changes', () => {
    const here = act(BOTH, pick(HERE, 1), ...halved);
    expect(act(here, down(1)).rowOrder).toBe(here.rowOrder);
    expect(act(here, { type: 'focus', focused: true })).toBe(here);
  });
});
