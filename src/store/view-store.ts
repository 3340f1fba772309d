import type { Action } from './actions.ts';
import type { Store } from './store.ts';
import type { ViewState } from './view-state.ts';

/** The store of the live view. */
export type ViewStore = Store<ViewState, Action>;
