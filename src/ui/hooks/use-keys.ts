import { useApp, useInput } from 'ink';
import { type RememberedSettings, rememberedSettings } from '../../store/settings.ts';
import type { ViewStore } from '../../store/view-store.ts';
import { keyNames } from '../key-name.ts';
import { commandFor, filterCommandFor } from '../key-command.ts';
import { type KeyContext } from '../keymap.ts';
import { copyableOf } from '../panel-view.ts';
import type { JobControl } from './use-job-control.ts';

/** What keys act on. */
export interface KeyTargets {
  readonly store: ViewStore;
  /** Hands a text to the clipboard of whoever looks at the terminal. */
  readonly copyText: (text: string) => void;
  /** Undefined: there is nobody to go back to. */
  readonly jobControl?: JobControl | undefined;
  /** Has the settings remembered, and says what became of it. Undefined: there is no place for them. */
  readonly saveSettings?: ((settings: RememberedSettings) => string) | undefined;
}

/** Has the keyboard do what the keymap says; returns the function that presses a key, by its name. */
export function useKeys(
  { store, copyText, jobControl, saveSettings }: KeyTargets,
  contextNow: () => KeyContext,
): (name: string) => void {
  const { exit } = useApp();
  const press = (name: string) => {
    const state = store.getState();
    const command = state.editingFilter ? filterCommandFor(name) : commandFor(name, state.panel);
    if (command === 'quit') exit();
    else if (command === 'suspend') jobControl?.suspend();
    else if (command === 'save') {
      const text =
        saveSettings?.(rememberedSettings(state)) ?? 'There is no place to keep settings.';
      store.dispatch({ type: 'notice', text });
    } else if (command === 'copy') {
      const lines = copyableOf(state);
      if (lines.length > 0) copyText(lines.join('\n'));
      store.dispatch({ type: 'copied', lines: lines.length });
    } else if (command !== undefined) store.dispatch(command(contextNow()));
  };
  useInput((input, key) => keyNames(input, key).forEach(press));
  return press;
}
