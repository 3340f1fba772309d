import type { Panel } from '../store/panel.ts';
import { type KeyBinding, type KeyCommand, KEYMAP } from './keymap.ts';

const byKey = (bindings: readonly KeyBinding[]) =>
  new Map(bindings.flatMap(({ keys, command }) => keys.map((key) => [key, command] as const)));

const COMMANDS = byKey(KEYMAP.filter(({ panels }) => panels === undefined));
const PANEL_COMMANDS = new Map(
  [...new Set(KEYMAP.flatMap(({ panels = [] }) => panels))].map((panel) => [
    panel,
    byKey(keysOf(panel)),
  ]),
);

/** The keys that a panel has for itself. */
export function keysOf(panel: Panel): readonly KeyBinding[] {
  return KEYMAP.filter(({ panels }) => panels?.includes(panel));
}

/** What a key does while this panel is shown; undefined: nothing. */
export function commandFor(key: string, panel: Panel): KeyCommand | undefined {
  const own = PANEL_COMMANDS.get(panel)?.get(key);
  if (own !== undefined) return own;
  if (/^[1-9]$/.test(key)) return () => ({ type: 'advice', index: Number(key) - 1 });
  return COMMANDS.get(key);
}

/** What a key does while the filter is typed. */
export function filterCommandFor(key: string): KeyCommand | undefined {
  switch (key) {
    case 'enter':
      return () => ({ type: 'filter-done' });
    case 'escape':
      return () => ({ type: 'escape' });
    case 'backspace':
      return () => ({ type: 'filter-backspace' });
    case 'ctrl-c':
      return 'quit';
    case 'ctrl-z':
      return 'suspend';
    default:
      // Named keys have more than one character; control characters are none to type.
      return [...key].length === 1 && key >= ' ' && key !== '\u007f'
        ? () => ({ type: 'filter-text', text: key })
        : undefined;
  }
}
