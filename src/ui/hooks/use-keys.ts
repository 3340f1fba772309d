import { useInput } from 'ink';
import { useEffect, useRef } from 'react';
import { meantAdvice } from '../../store/meant-advice.ts';
import type { ViewStore } from '../../store/view-store.ts';
import { actionFor, filterActionFor } from '../key-action.ts';
import { keyNames } from '../key-name.ts';
import { shownModel } from '../../store/view-state.ts';
import type { KeyContext } from '../key-binding.ts';
import type { Show } from '../show.ts';

/** Subscribes to what is pasted; returns the function that ends it. */
export type OnPaste = (listener: (text: string) => void) => () => void;

/**
 * Nobody types more keys between two reads, or more different ones: a slow link gathers some, and a key that is held down
 * many. More are a paste, where the terminal does not mark it.
 */
const MOST_TYPED = { keys: 200, different: 3 } as const;

/** More of such a paste comes that soon. */
const REST_WITHIN_MS = 100;

function canBeTyped(names: readonly string[]): boolean {
  return names.length <= MOST_TYPED.keys && new Set(names).size <= MOST_TYPED.different;
}

/** Connects the keyboard to the keymap, and to the keys of a show; returns a function that presses a key by name. */
export function useKeys(
  store: ViewStore,
  contextNow: () => KeyContext,
  onPaste: OnPaste | undefined,
  show?: Show,
): (name: string) => void {
  const press = (name: string) => {
    const state = store.getState();
    const isShow = !state.editingFilter && !state.hasLeft;
    const meant = /^[1-9]$/.test(name) ? meantAdvice(state, Number(name) - 1) : undefined;
    const told = isShow ? show?.press(name, shownModel(state), meant) : undefined;
    if (told !== undefined) return store.dispatch(told);
    const isReplay = state.replay !== undefined;
    const action = state.editingFilter
      ? filterActionFor(name)
      : actionFor(name, state.panel, isReplay);
    if (action !== undefined)
      store.dispatch(typeof action === 'function' ? action(contextNow()) : action);
  };
  const restOfPaste = useRef<NodeJS.Timeout | undefined>(undefined);
  const isPasted = (text: string) => {
    clearTimeout(restOfPaste.current);
    restOfPaste.current = setTimeout(() => (restOfPaste.current = undefined), REST_WITHIN_MS);
    store.dispatch({ type: 'paste', text });
  };
  useInput((input, key) => {
    const names = keyNames(input, key);
    const isTyped = restOfPaste.current === undefined && canBeTyped(names);
    for (const [index, name] of names.entries()) {
      const isFilters = store.getState().editingFilter || (index === 0 && name === '/');
      // Whoever cannot leave otherwise can so.
      if (!isTyped && !isFilters && name !== 'ctrl-c') return isPasted(input);
      press(name);
    }
  });
  useEffect(() => onPaste?.((text) => store.dispatch({ type: 'paste', text })), [onPaste, store]);
  return press;
}
