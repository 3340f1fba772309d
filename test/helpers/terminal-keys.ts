/** What a terminal sends for the keys and mouse actions that tests use (xterm's encodings). */
const NAMED_KEYS = {
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  pageUp: '\x1b[5~',
  pageDown: '\x1b[6~',
  insert: '\x1b[2~',
  delete: '\x1b[3~',
  enter: '\r',
  escape: '\x1b',
  tab: '\t',
  shiftTab: '\x1b[Z',
  space: ' ',
  backspace: '\x7f',
  ctrlC: '\x03',
  ctrlD: '\x04',
  ctrlL: '\x0c',
  ctrlQ: '\x11',
  ctrlS: '\x13',
  ctrlZ: '\x1a',
  f1: '\x1bOP',
  f2: '\x1bOQ',
  f3: '\x1bOR',
  f4: '\x1bOS',
  f5: '\x1b[15~',
  f6: '\x1b[17~',
  f7: '\x1b[18~',
  f8: '\x1b[19~',
  f9: '\x1b[20~',
  f10: '\x1b[21~',
} as const;

/** A key that has a name here; any other string is sent as it is. */
export type KeyName = keyof typeof NAMED_KEYS;

const WHEEL_UP = 64;
const WHEEL_DOWN = 65;

/** The bytes of a named key, or the text itself when it is no key's name. */
export function keyBytes(key: string): string {
  return isKeyName(key) ? NAMED_KEYS[key] : key;
}

/** A left click (press and release) on the cell at column `x`, row `y`, both from 0. */
export function click(x: number, y: number): string {
  return mouse(0, x, y, 'M') + mouse(0, x, y, 'm');
}

/** One notch of the wheel upwards over the cell at column `x`, row `y`, both from 0. */
export function wheelUp(x: number, y: number): string {
  return mouse(WHEEL_UP, x, y, 'M');
}

/** One notch of the wheel downwards over the cell at column `x`, row `y`, both from 0. */
export function wheelDown(x: number, y: number): string {
  return mouse(WHEEL_DOWN, x, y, 'M');
}

/** Text as a terminal with bracketed paste switched on sends it. */
export function paste(text: string): string {
  return `\x1b[200~${text}\x1b[201~`;
}

// SGR encoding (mode 1006) counts columns and rows from 1; a capital M presses, a small m releases.
function mouse(button: number, x: number, y: number, action: 'M' | 'm'): string {
  return `\x1b[<${button};${x + 1};${y + 1}${action}`;
}

function isKeyName(key: string): key is KeyName {
  return Object.hasOwn(NAMED_KEYS, key);
}
