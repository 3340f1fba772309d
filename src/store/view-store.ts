import type { Action } from './reducer.ts';
import type { Store } from './store.ts';
import type { ViewState } from './view-state.ts';

/** The store of the live view. */
export type ViewStore = Store<ViewState, Action>;
