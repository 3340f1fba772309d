import { describe, expect, test } from 'vitest';
import { reduce } from '../../src/store/reducer.ts';
import type { Action } from '../../src/store/actions.ts';
import { initialViewState, type ViewState } from '../../src/store/view-state.ts';
import { visibleGroups } from '../../src/store/visible-groups.ts';
import { connections, modelOf } from '../helpers/sockets.ts';

const MODEL = modelOf([
  ...connections(30, { local: '10.0.3.7' }),
  ...connections(20, { local: '10.0.3.8' }),
  ...connections(10, { local: '10.0.3.8', remotePort: 443 }),
]);

const FOLD: Action = { type: 'fold' };
const DOWN: Action = { type: 'move', by: 1, rows: 9 };
const ENTER: Action = { type: 'panel', panel: 'detail' };
const ESCAPE: Action = { type: 'escape' };
const type = (text: string): Action => ({ type: 'filter-text', text });

function after(...actions: readonly Action[]): ViewState {
  const state = reduce(initialViewState(), { type: 'model', model: MODEL });
  return actions.reduce(reduce, state);
}

const labels = (state: ViewState) => visibleGroups(state).map(({ label }) => label);

describe('folds', () => {
  test('come one after the other, and then no more', () => {
    expect(labels(after(FOLD))).toEqual(['10.0.9.21:8080', '10.0.9.21:443']);
    expect(labels(after(FOLD, FOLD))).toEqual(['owner not known']);
    expect(labels(after(FOLD, FOLD, FOLD))).toEqual(['10.0.3.7', '10.0.3.8']);
    expect(labels(after(FOLD, FOLD, FOLD, FOLD))).toEqual(labels(after()));
  });

  test('are of the groups that the filter leaves, and shown in place of a panel', () => {
    expect(labels(after({ type: 'filter-edit' }, type('port:443'), FOLD))).toEqual([
      '10.0.9.21:443',
    ]);
    expect(after({ type: 'panel', panel: 'sysctl' }, FOLD).panel).toBe('groups');
  });

  test('open into their members, as a filter, and Esc goes back to the one that was opened', () => {
    const opened = after(FOLD, DOWN, ENTER);
    expect(opened).toMatchObject({
      panel: 'groups',
      folding: undefined,
      filter: 'dst=10.0.9.21 port:443',
    });
    expect(labels(opened)).toEqual(['10.0.3.8 → 10.0.9.21:443']);
    const back = reduce(opened, ESCAPE);
    expect(back).toMatchObject({
      folding: 'destination',
      filter: '',
      selected: 'destination 10.0.9.21:443',
    });
    expect(labels(back)).toHaveLength(2);
    expect(reduce(back, ESCAPE).folding).toBeUndefined();
  });

  test('open by a click on the selected one, too', () => {
    const pick: Action = { type: 'pick', key: 'destination 10.0.9.21:8080' };
    expect(labels(after(FOLD, pick, pick))).toHaveLength(2);
  });

  test('add to the filter that was there, and give it back', () => {
    const filtered = [{ type: 'filter-edit' }, type('used>15'), { type: 'filter-done' }] as const;
    const opened = after(...filtered, FOLD, FOLD, FOLD, DOWN, ENTER);
    expect(opened.filter).toBe('used>15 src=10.0.3.8');
    expect(labels(opened)).toEqual(['10.0.3.8 → 10.0.9.21:8080']);
    const back = reduce(opened, ESCAPE);
    expect(back.filter).toBe('used>15');
    expect(reduce(back, ESCAPE)).toMatchObject({ filter: '', folding: 'source' });
  });

  test('are forgotten once the filter is typed anew', () => {
    const state = after(FOLD, ENTER, { type: 'filter-edit' }, { type: 'filter-done' }, ESCAPE);
    expect(state).toMatchObject({ filter: '', folding: undefined });
  });

  test('without a group, nothing opens', () => {
    expect(reduce(after({ type: 'filter-edit' }, type('x'), FOLD), ENTER)).toMatchObject({
      panel: 'groups',
      filter: 'x',
    });
  });
});

describe('a filter that cannot be understood', () => {
  const typed = [{ type: 'filter-edit' }, type('port:443')] as const;

  test('leaves the last valid one in force', () => {
    const state = after(...typed, type(' dst:'));
    expect(state.filter).toBe('port:443 dst:');
    expect(labels(state)).toEqual(['10.0.3.8 → 10.0.9.21:443']);
    expect(labels(reduce(state, type('11')))).toEqual([]);
  });

  test('is not what the name of a field begins with, which is a word only once it is complete', () => {
    for (const text of [' ', ' d', ' dst', ' !ow', ' headroom<'])
      expect(labels(after(...typed, type(text)))).toHaveLength(1);
    expect(labels(after(...typed, type(' dst ')))).toEqual([]);
    expect(labels(after(...typed, type(' dst'), { type: 'filter-done' }))).toEqual([]);
    expect(labels(after(...typed, type(' dx')))).toEqual([]);
  });

  test('was no plain word before it went wrong', () => {
    const letters = ' headrom<20%'.split('').map(type);
    expect(labels(after(...typed, ...letters))).toHaveLength(1);
    const figures = ' used>5x'.split('').map(type);
    expect(labels(after(...typed, ...figures))).toHaveLength(1);
    const higher = ' used>50x'.split('').map(type);
    expect(labels(after(...typed, ...higher))).toEqual([]);
  });

  test('has to be corrected or cleared', () => {
    const wrong = after(...typed, type('x'), { type: 'filter-done' });
    expect(wrong.editingFilter).toBe(true);
    const corrected = [{ type: 'filter-backspace' }, { type: 'filter-done' }] as const;
    expect(corrected.reduce<ViewState>(reduce, wrong)).toMatchObject({
      filter: 'port:443',
      editingFilter: false,
    });
    expect(labels(reduce(wrong, ESCAPE))).toHaveLength(3);
  });
});
