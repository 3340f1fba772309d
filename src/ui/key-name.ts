import type { Key } from 'ink';

/** Ink's flags for named keys, and our names. */
const NAMED_KEYS = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['backspace', 'backspace'],
  // Most terminals send DEL for the backspace key.
  ['delete', 'backspace'],
] as const satisfies readonly (readonly [keyof Key, string])[];

/** Keys that arrive as plain characters when one read holds several; Ink then names none of them. */
const CHARACTER_KEYS: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\u007f': 'backspace',
  '\b': 'backspace',
  '\u0003': 'ctrl-c',
  '\u000c': 'ctrl-l',
  '\u0015': 'ctrl-u',
  '\u0017': 'ctrl-w',
  '\u001a': 'ctrl-z',
};

/** The keys in what Ink reports at once: one named key, or every character of a paste or of fast typing. */
export function keyNames(input: string, key: Key): string[] {
  const named = NAMED_KEYS.find(([flag]) => key[flag])?.[1];
  if (named !== undefined) return [named];
  if (key.ctrl) return [`ctrl-${input}`];
  return key.meta || key.tab
    ? []
    : [...input].map((character) => CHARACTER_KEYS[character] ?? character);
}
