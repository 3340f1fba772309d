import { expect, test } from 'vitest';
import type { Model } from '../../src/model/model.ts';
import { reduce } from '../../src/store/reducer.ts';
import type { Action } from '../../src/store/actions.ts';
import {
  initialViewState,
  realModel,
  shownModel,
  type ViewState,
} from '../../src/store/view-state.ts';
import { visibleGroups } from '../../src/store/visible-groups.ts';
import { connections, modelOf, timeWaits } from '../helpers/sockets.ts';

const MODEL = modelOf([...connections(20), ...timeWaits(60, 30_500, {}, 40_020)]);
const OPEN: Action = { type: 'panel', panel: 'what-if' };
const DOWN: Action = { type: 'move', by: 1, rows: 6 };
const step = (by: -1 | 1): Action => ({ type: 'what-if-step', by });
/** tcp_tw_reuse from 2 to 1. */
const REUSE = [OPEN, DOWN, step(-1)];

function after(actions: readonly Action[], model: Model = MODEL): ViewState {
  return actions.reduce(reduce, reduce(initialViewState(), { type: 'model', model }));
}

const usedIn = (state: ViewState) => visibleGroups(state)[0]?.used;

test('the row at the cursor is changed, and the screen shows the outcome', () => {
  const state = after(REUSE);
  expect(state.whatIf).toEqual({ reuse: 1 });
  expect(usedIn(state)).toBe(20);
  expect(shownModel(state)).toBe(shownModel(state)); // computed once
  expect(realModel(state)).toBe(MODEL);
});

test('live data goes on beneath, and a frozen screen stands', () => {
  const next: Action = { type: 'model', model: modelOf(connections(33)) };
  expect(usedIn(after([...REUSE, next]))).toBe(33);
  expect(usedIn(after([...REUSE, { type: 'freeze' }, next]))).toBe(20);
});

test('w and Esc go back to the real machine; the changes are there when it is opened again', () => {
  for (const leave of [OPEN, { type: 'escape' } as const]) {
    const left = after([...REUSE, leave]);
    expect(left.panel).toBe('groups');
    expect(shownModel(left)).toBe(MODEL);
    expect(reduce(left, OPEN).whatIf).toEqual({ reuse: 1 });
  }
});

test('a row is reset without the others, or all are', () => {
  const both = [...REUSE, DOWN, step(1)];
  expect(after(both).whatIf).toEqual({ reuse: 1, destinations: 2 });
  expect(after([...both, { type: 'what-if-reset', rows: 'this' }]).whatIf).toEqual({ reuse: 1 });
  const reset = after([...both, { type: 'what-if-reset', rows: 'all' }]);
  expect(reset.whatIf).toEqual({});
  expect(shownModel(reset)).toBe(MODEL);
});

test('before the first sample nothing is changed', () => {
  const state = [OPEN, step(1)].reduce(reduce, initialViewState());
  expect(state.whatIf).toEqual({});
});

test('what was copied is said until the next key', () => {
  const copied = after([...REUSE, { type: 'copied', lines: 1 }]);
  expect(copied.copiedLines).toBe(1);
  expect(reduce(copied, { type: 'model', model: MODEL }).copiedLines).toBe(1);
  expect(reduce(copied, { type: 'focus', focused: false }).copiedLines).toBe(1);
  expect(reduce(copied, { type: 'copied', lines: 1 }).copiedLines).toBe(1);
  expect(reduce(copied, DOWN).copiedLines).toBeUndefined();
  expect(reduce(copied, OPEN).copiedLines).toBeUndefined();
});

test('a key that changes nothing says why, until one does', () => {
  const notice = (...actions: readonly Action[]) => after(actions).notice;
  const atFirst = [OPEN, step(-1)];
  expect(notice(...atFirst)).toBe('No smaller range; right arrow goes on');
  expect(notice(...atFirst, { type: 'model', model: MODEL })).toBe(
    'No smaller range; right arrow goes on',
  );
  expect(notice(...atFirst, step(1))).toBeUndefined();
  expect(notice(...atFirst, DOWN)).toBeUndefined();
  const reset: Action = { type: 'what-if-reset', rows: 'this' };
  const resetAll: Action = { type: 'what-if-reset', rows: 'all' };
  expect(notice(OPEN, reset)).toBe('port range: nothing to reset');
  expect(notice(OPEN, step(1), reset)).toBeUndefined();
  expect(notice(OPEN, resetAll)).toBe('Nothing to reset: nothing is changed');
  expect(notice(OPEN, step(1), resetAll)).toBeUndefined();
  // What was copied is not said any longer either.
  expect(after([OPEN, { type: 'copied', lines: 1 }, step(-1)]).copiedLines).toBeUndefined();
});

test('behind the parameters there is nothing to change', () => {
  const behind: readonly Action[] = [...REUSE, { type: 'move', by: Infinity, rows: 9 }];
  for (const action of [step(1), { type: 'what-if-reset', rows: 'this' } as const]) {
    const state = after([...behind, action]);
    expect(state.notice).toBe('Go up to a value to change it');
    expect(state.whatIf).toEqual({ reuse: 1 });
  }
  expect(after([...behind, { type: 'what-if-reset', rows: 'all' }]).whatIf).toEqual({});
});
