import { useSyncExternalStore } from 'react';
import type { Store } from '../../store/store.ts';

/** The store's state, and a new render whenever it changes. */
export function useStore<State, Action>(store: Store<State, Action>): State {
  return useSyncExternalStore(store.subscribe, store.getState);
}
