/** What a screen reader may skip or misread, by the name of the key (see key-name.ts). */
const NAMES: Readonly<Record<string, string>> = {
  up: 'up arrow',
  down: 'down arrow',
  left: 'left arrow',
  right: 'right arrow',
  pageup: 'page up',
  pagedown: 'page down',
  '/': 'slash',
  '<': 'less than',
  '>': 'greater than',
  '[': 'left bracket',
  ']': 'right bracket',
  '{': 'left brace',
  '}': 'right brace',
  '+': 'plus',
  '-': 'minus',
  '?': 'question mark',
  ' ': 'space',
};

/** The keys that do the same, as one says them: "up arrow or k", "capital G", "control z". */
export function spokenKeys(keys: readonly string[]): string {
  return keys.map(spokenKey).join(' or ');
}

function spokenKey(key: string): string {
  if (/^[A-Z]$/.test(key)) return `capital ${key}`;
  return NAMES[key] ?? key.replace('ctrl-', 'control ');
}
