import type { Action } from '../store/actions.ts';
import type { Panel } from '../store/panel.ts';

/** What a key may need to know of the screen. */
export interface KeyContext {
  /** Rows that a page key moves by. */
  readonly pageRows: number;
  /** Rows of the panel that is shown. */
  readonly rows: number;
}

/** What a key does: an action, made for the screen as it is; copying the commands shown; having settings remembered; stopping for a while; or leaving. */
export type KeyCommand = ((context: KeyContext) => Action) | 'copy' | 'save' | 'suspend' | 'quit';

/** One line of the help; `keys` are named as `keyName` names them. */
export interface KeyBinding {
  readonly keys: readonly string[];
  readonly command: KeyCommand;
  /** How the help writes the keys. */
  readonly label: string;
  readonly help: string;
  /** Stands in the footer, most important first. */
  readonly footer?: string;
  /** The same while a recording is looked at, where it is another word; '' for none. */
  readonly replayFooter?: string;
  /** The panels whose own key it is, before what it means elsewhere; a key of the whole view where left out. */
  readonly panels?: readonly Panel[];
}

const move =
  (by: number): KeyCommand =>
  ({ rows }) => ({ type: 'move', by, rows });
const page =
  (by: number): KeyCommand =>
  ({ rows, pageRows }) => ({ type: 'move', by: by * pageRows, rows });

const time =
  (byMs: number): KeyCommand =>
  () => ({ type: 'time', byMs });

const WHAT_IF: readonly Panel[] = ['what-if'];

/** Every key of the live view; dispatch, help and footer are made from it. */
export const KEYMAP: readonly KeyBinding[] = [
  {
    keys: ['up', 'k'],
    command: move(-1),
    label: '↑ k',
    help: 'select the group above; it is followed',
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
    help: 'the sysctls that matter, and what they mean',
    footer: 'sysctl',
  },
  {
    keys: ['w'],
    command: () => ({ type: 'panel', panel: 'what-if' }),
    label: 'w',
    help: 'what if: other sysctls, addresses or rates',
    footer: 'what-if',
  },
  {
    keys: ['left', '-'],
    command: () => ({ type: 'what-if-step', by: -1 }),
    label: '← -',
    help: 'what-if: a smaller value',
    footer: 'change',
    panels: WHAT_IF,
  },
  {
    keys: ['right', '+'],
    command: () => ({ type: 'what-if-step', by: 1 }),
    label: '→ +',
    help: 'what-if: a greater value',
    footer: 'change',
    panels: WHAT_IF,
  },
  {
    keys: ['0', 'backspace'],
    command: () => ({ type: 'what-if-reset', rows: 'this' }),
    label: '0 Bksp',
    help: 'what-if: the real value again',
    footer: 'reset',
    panels: WHAT_IF,
  },
  {
    keys: ['R'],
    command: () => ({ type: 'what-if-reset', rows: 'all' }),
    label: 'R',
    help: 'what-if: all real values again',
    panels: WHAT_IF,
  },
  {
    keys: ['y'],
    command: 'copy',
    label: 'y',
    help: 'what-if, suggestions: copy the commands',
    footer: 'copy',
    panels: ['what-if', 'advice'],
  },
  {
    keys: ['escape'],
    command: () => ({ type: 'escape' }),
    label: 'Esc',
    help: 'back to the groups',
    footer: 'back',
    panels: ['detail', 'sysctl', 'advice', 'what-if', 'help'],
  },
  {
    keys: ['/'],
    command: () => ({ type: 'filter-edit' }),
    label: '/',
    help: 'filter as you type; Enter keeps, Esc clears',
    footer: 'filter',
  },
  {
    keys: ['f'],
    command: () => ({ type: 'fold' }),
    label: 'f',
    help: 'fold by destination, owner, source; Enter opens',
    footer: 'fold',
  },
  {
    keys: ['n'],
    command: () => ({ type: 'names' }),
    label: 'n',
    help: 'host names of the destinations, or addresses',
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
    help: 'freeze the screen; pause or play a recording',
    footer: 'freeze',
    replayFooter: 'pause',
  },
  {
    keys: ['r'],
    command: () => ({ type: 'record' }),
    label: 'r',
    help: 'start or stop recording to a file here',
    footer: 'record',
    replayFooter: '',
  },
  {
    keys: ['left'],
    command: time(-1),
    label: '←',
    help: 'one sample back in time, up to 15 minutes',
    footer: 'time',
  },
  {
    keys: ['right'],
    command: time(1),
    label: '→',
    help: 'one sample forward, at last to the newest',
    footer: 'time',
  },
  { keys: ['['], command: time(-30_000), label: '[', help: '30 s back' },
  { keys: [']'], command: time(30_000), label: ']', help: '30 s forward' },
  {
    keys: ['{'],
    command: () => ({ type: 'time-tenths', by: -1 }),
    label: '{',
    help: 'a tenth of all the time there is back',
  },
  {
    keys: ['}'],
    command: () => ({ type: 'time-tenths', by: 1 }),
    label: '}',
    help: 'a tenth forward',
  },
  {
    keys: ['L'],
    command: () => ({ type: 'live' }),
    label: 'L',
    help: 'live again; to the end of a recording',
  },
  {
    keys: ['+'],
    command: () => ({ type: 'interval', factor: 0.5 }),
    label: '+',
    help: 'sample, or play, twice as fast',
    replayFooter: 'speed',
  },
  {
    keys: ['-'],
    command: () => ({ type: 'interval', factor: 2 }),
    label: '-',
    help: 'sample, or play, half as fast',
    replayFooter: 'speed',
  },
  {
    keys: ['escape'],
    command: () => ({ type: 'escape' }),
    label: 'Esc',
    help: 'back to the folds; clears the filter; unfolds',
  },
  {
    keys: ['?', 'h'],
    command: () => ({ type: 'panel', panel: 'help' }),
    label: '? h',
    help: 'this help',
    footer: 'help',
  },
  {
    keys: ['t'],
    command: () => ({ type: 'theme' }),
    label: 't',
    help: 'other colours: default, colour-blind, mono',
  },
  {
    keys: ['S'],
    command: 'save',
    label: 'S',
    help: 'keep theme, order and interval for next time',
  },
  { keys: ['ctrl-z'], command: 'suspend', label: 'Ctrl-Z', help: 'back to the shell; fg goes on' },
  { keys: ['q', 'ctrl-c'], command: 'quit', label: 'q Ctrl-C', help: 'quit', footer: 'quit' },
];
