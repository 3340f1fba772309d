import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/store/actions.ts';
import { initialViewState } from '../../src/store/view-state.ts';
import { createViewStore, type ViewStore } from '../../src/store/view-store.ts';
import { tellLost, tellSilence } from '../../src/ui/tell-missing.ts';

const nothing = () => {};

/** A store that keeps what it was told. */
function listeningStore(): { store: ViewStore; told: Action[] } {
  const store = createViewStore(initialViewState(), {
    copyText: nothing,
    suspend: nothing,
    repaint: nothing,
    quit: nothing,
    setInterval: nothing,
  });
  const told: Action[] = [];
  const dispatch = (action: Action) => {
    told.push(action);
    store.dispatch(action);
  };
  return { store: { ...store, dispatch }, told };
}

const texts = (told: readonly Action[]) =>
  told.flatMap((action) => (action.type === 'notice' ? [action.text] : []));

describe('silence', () => {
  it('is told with its reason whenever its length changes, and spoken once it begins', () => {
    const { store, told } = listeningStore();
    for (const seconds of [undefined, 5, 5, 6])
      tellSilence(store, seconds, () => 'the machine sleeps', true);
    expect(told.filter(({ type }) => type === 'silence')).toHaveLength(2);
    expect(store.getState()).toMatchObject({
      silentSeconds: 6,
      silentReason: 'the machine sleeps',
    });
    expect(texts(told)).toEqual(['no sample for 5 s: the machine sleeps.']);
  });

  it('is spoken to a listener only', () => {
    const { store, told } = listeningStore();
    tellSilence(store, 5, undefined, false);
    expect(told).toEqual([{ type: 'silence', seconds: 5, reason: undefined }]);
  });
});

describe('a lost place', () => {
  const lost = (name: string, reason = 'ssh: timed out') => ({ placeId: undefined, name, reason });

  it('is spoken when it is lost, and not again when its reason changes', () => {
    const { store, told } = listeningStore();
    tellLost(store, [lost('web-1')], true);
    tellLost(store, [lost('web-1')], true);
    tellLost(store, [lost('web-1', 'ssh: refused'), lost('web-2')], true);
    tellLost(store, [lost('web-2')], true);
    expect(texts(told)).toEqual([
      'web-1: no samples now: ssh: timed out',
      'web-2: no samples now: ssh: timed out',
    ]);
    expect(told.filter(({ type }) => type === 'lost')).toHaveLength(3);
    expect(store.getState().lost).toEqual([lost('web-2')]);
  });

  it('is spoken to a listener only', () => {
    const { store, told } = listeningStore();
    tellLost(store, [lost('web-1')], false);
    expect(texts(told)).toEqual([]);
  });
});
