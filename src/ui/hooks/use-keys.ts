import { useInput } from 'ink';
import type { ViewStore } from '../../store/view-store.ts';
import { actionFor, filterActionFor } from '../key-action.ts';
import { keyNames } from '../key-name.ts';
import type { KeyContext } from '../keymap.ts';

/** Has the keyboard do what the keymap says; returns the function that presses a key, by its name. */
export function useKeys(store: ViewStore, contextNow: () => KeyContext): (name: string) => void {
  const press = (name: string) => {
    const state = store.getState();
    const action = state.editingFilter ? filterActionFor(name) : actionFor(name, state.panel);
    if (action !== undefined)
      store.dispatch(typeof action === 'function' ? action(contextNow()) : action);
  };
  useInput((input, key) => keyNames(input, key).forEach(press));
  return press;
}
