import type { Action } from './actions.ts';
import { type Effects, runCommand } from './run-command.ts';
import { createStore, type Store } from './store.ts';
import { update } from './update.ts';
import type { ViewState } from './view-state.ts';

/** The store of the live view. */
export type ViewStore = Store<ViewState, Action>;

/** Makes the store of the live view; `effects` are what its commands may do to the world. */
export function createViewStore(initial: ViewState, effects: Effects = {}): ViewStore {
  return createStore(update, initial, (command, dispatch) =>
    runCommand(command, effects, dispatch),
  );
}
