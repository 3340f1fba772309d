import type { Action } from '../store/actions.ts';
import type { Panel } from '../store/panel.ts';
import type { KeyAction, KeyBinding } from './key-binding.ts';
import { KEYMAP } from './keymap.ts';

const byKey = (bindings: readonly KeyBinding[]) =>
  new Map(bindings.flatMap(({ keys, action }) => keys.map((key) => [key, action] as const)));

const ACTIONS = byKey(KEYMAP.filter(({ panels, inReplay }) => !panels && !inReplay));
const REPLAY_ACTIONS = byKey(KEYMAP.filter(({ inReplay }) => inReplay));
const PANEL_ACTIONS = new Map(
  [...new Set(KEYMAP.flatMap(({ panels = [] }) => panels))].map((panel) => [
    panel,
    byKey(keysOf(panel)),
  ]),
);

/** The keys that a panel has for itself. */
export function keysOf(panel: Panel): readonly KeyBinding[] {
  return KEYMAP.filter(({ panels }) => panels?.includes(panel));
}

/** What a key does while this panel is shown, of the machine or of a recording; undefined: nothing. */
export function actionFor(key: string, panel: Panel, isReplay = false): KeyAction | undefined {
  const own = PANEL_ACTIONS.get(panel)?.get(key);
  if (own !== undefined) return own;
  if (/^[1-9]$/.test(key)) return { type: 'advice', index: Number(key) - 1 };
  return (isReplay ? REPLAY_ACTIONS.get(key) : undefined) ?? ACTIONS.get(key);
}

/** What a key does while the filter is typed. */
export function filterActionFor(key: string): Action | undefined {
  switch (key) {
    case 'enter':
      return { type: 'filter-done' };
    case 'escape':
      return { type: 'escape' };
    case 'backspace':
      return { type: 'filter-backspace' };
    case 'ctrl-u':
      return { type: 'filter-erase', what: 'all' };
    case 'ctrl-w':
      return { type: 'filter-erase', what: 'word' };
    case 'ctrl-c':
      return { type: 'quit' };
    case 'ctrl-l':
      return { type: 'repaint' };
    case 'ctrl-z':
      return { type: 'suspend' };
    default:
      // Named keys have more than one character; control characters cannot be typed into a filter.
      return [...key].length === 1 && key >= ' ' && key !== '\u007f'
        ? { type: 'filter-text', text: key }
        : undefined;
  }
}
