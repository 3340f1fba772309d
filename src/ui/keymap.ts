import type { Action } from '../store/reducer.ts';

/** What a key may need to know of the screen. */
export interface KeyContext {
  /** Rows that a page key moves by. */
  readonly pageRows: number;
  /** Rows of the panel that is shown. */
  readonly rows: number;
}

/** What a key does: an action, made for the screen as it is, or leaving. */
export type KeyCommand = ((context: KeyContext) => Action) | 'quit';

/** One line of the help; `keys` are named as `keyName` names them. */
export interface KeyBinding {
  readonly keys: readonly string[];
  readonly command: KeyCommand;
  /** How the help writes the keys. */
  readonly label: string;
  readonly help: string;
  /** Stands in the footer, most important first. */
  readonly footer?: string;
}

const move =
  (by: number): KeyCommand =>
  ({ rows }) => ({ type: 'move', by, rows });
const page =
  (by: number): KeyCommand =>
  ({ rows, pageRows }) => ({ type: 'move', by: by * pageRows, rows });

/** Every key of the live view; dispatch, help and footer are made from it. */
export const KEYMAP: readonly KeyBinding[] = [
  {
    keys: ['up', 'k'],
    command: move(-1),
    label: '↑ k',
    help: 'select the group above; it is followed when the order changes',
  },
  { keys: ['down', 'j'], command: move(1), label: '↓ j', help: 'select the group below' },
  { keys: ['pageup'], command: page(-1), label: 'PgUp', help: 'a screen up' },
  { keys: ['pagedown'], command: page(1), label: 'PgDn', help: 'a screen down' },
  { keys: ['home', 'g'], command: move(-Infinity), label: 'Home g', help: 'to the first row' },
  { keys: ['end', 'G'], command: move(Infinity), label: 'End G', help: 'to the last row' },
  {
    keys: ['enter'],
    command: () => ({ type: 'panel', panel: 'detail' }),
    label: 'Enter',
    help: 'all that is known of the selected group',
    footer: 'detail',
  },
  {
    keys: ['a'],
    command: () => ({ type: 'panel', panel: 'advice' }),
    label: 'a',
    help: 'suggestions, best first; 1–9 opens one',
    footer: 'advice',
  },
  {
    keys: ['s'],
    command: () => ({ type: 'panel', panel: 'sysctl' }),
    label: 's',
    help: 'the sysctls that matter, and what they mean here',
    footer: 'sysctl',
  },
  {
    keys: ['/'],
    command: () => ({ type: 'filter-edit' }),
    label: '/',
    help: 'filter as you type; Enter keeps it, Esc clears it',
    footer: 'filter',
  },
  {
    keys: ['<'],
    command: () => ({ type: 'sort', by: -1 }),
    label: '<',
    help: 'sort by the column to the left',
    footer: 'sort',
  },
  {
    keys: ['>'],
    command: () => ({ type: 'sort', by: 1 }),
    label: '>',
    help: 'sort by the column to the right',
    footer: 'sort',
  },
  { keys: ['I'], command: () => ({ type: 'invert' }), label: 'I', help: 'invert the order' },
  {
    keys: ['p', ' '],
    command: () => ({ type: 'freeze' }),
    label: 'p space',
    help: 'freeze the screen; sampling goes on',
    footer: 'freeze',
  },
  {
    keys: ['+'],
    command: () => ({ type: 'interval', factor: 0.5 }),
    label: '+',
    help: 'sample twice as often',
  },
  {
    keys: ['-'],
    command: () => ({ type: 'interval', factor: 2 }),
    label: '-',
    help: 'sample half as often',
  },
  {
    keys: ['escape'],
    command: () => ({ type: 'escape' }),
    label: 'Esc',
    help: 'back; clears the filter',
  },
  {
    keys: ['?', 'h'],
    command: () => ({ type: 'panel', panel: 'help' }),
    label: '? h',
    help: 'this help',
    footer: 'help',
  },
  { keys: ['q', 'ctrl-c'], command: 'quit', label: 'q Ctrl-C', help: 'quit', footer: 'quit' },
];

const COMMANDS = new Map(
  KEYMAP.flatMap(({ keys, command }) => keys.map((key) => [key, command] as const)),
);

/** What a key does while the view is shown; undefined: nothing. */
export function commandFor(key: string): KeyCommand | undefined {
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
    default:
      // Named keys have more than one character; control characters are none to type.
      return [...key].length === 1 && key >= ' ' && key !== '\u007f'
        ? () => ({ type: 'filter-text', text: key })
        : undefined;
  }
}
