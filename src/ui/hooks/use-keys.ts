import { useInput } from 'ink';
import type { ViewStore } from '../../store/view-store.ts';
import { actionFor, filterActionFor } from '../key-action.ts';
import { keyNames } from '../key-name.ts';
import type { KeyContext } from '../keymap.ts';

/** Nobody types more keys than this between two reads. */
const MOST_TYPED = 200;

/** Connects the keyboard to the keymap; returns a function that presses a key by name. */
export function useKeys(store: ViewStore, contextNow: () => KeyContext): (name: string) => void {
  const press = (name: string) => {
    const state = store.getState();
    const isReplay = state.replay !== undefined;
    const action = state.editingFilter
      ? filterActionFor(name)
      : actionFor(name, state.panel, isReplay);
    if (action !== undefined)
      store.dispatch(typeof action === 'function' ? action(contextNow()) : action);
  };
  useInput((input, key) => {
    const names = keyNames(input, key);
    const isTyped = names.length <= MOST_TYPED || store.getState().editingFilter;
    // What is pasted where nothing can be typed would press any key; to leave works always.
    (isTyped ? names : names.filter((name) => name === 'ctrl-c')).forEach(press);
  });
  return press;
}
