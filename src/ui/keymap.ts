import type { Action } from '../store/actions.ts';
import type { ListWindow } from '../store/list-window.ts';
import type { Panel } from '../store/panel.ts';
import type { TextScroll } from './text-scroll.ts';

/** What a key may need to know of the screen. */
export interface KeyContext {
  /** Rows that a page key moves by. */
  readonly pageRows: number;
  /** Rows of the panel that is shown. */
  readonly rows: number;
  /** How far the text of the row at the cursor scrolls; undefined: rows have none. */
  readonly text?: TextScroll | undefined;
  /** The rows of them that are on the screen; undefined: they are not a list there. */
  readonly window?: ListWindow | undefined;
  /** The shell commands that the panel offers to copy, a line each. */
  readonly copyable: readonly string[];
}

/** What a key does: an action, or a function that makes one for the current screen. */
export type KeyAction = Action | ((context: KeyContext) => Action);

/** One line of the help; `keys` are named as `keyName` names them. */
export interface KeyBinding {
  readonly keys: readonly string[];
  readonly action: KeyAction;
  /** How the help writes the keys. */
  readonly label: string;
  readonly help: string;
  /** Stands in the footer, most important first. */
  readonly footer?: string;
  /** The word while a recording is shown, if it differs; '' for none. */
  readonly replayFooter?: string;
  /** The panels that own this key, taking precedence over the view; left out: a key of the whole view. */
  readonly panels?: readonly Panel[];
  /** True for a key that there is in a recording only, taking precedence over the view's. */
  readonly inReplay?: true;
}

/** A text of so few lines is read page by page: line by line, it would be seen again and again. */
const SMALL_PAGE = 2;

const move =
  (by: number): KeyAction =>
  ({ rows, text, window }) => ({
    type: 'move',
    by: text?.page === SMALL_PAGE ? by * SMALL_PAGE : by,
    rows,
    text: text?.most,
    window,
    margin: 1,
  });
const page =
  (by: number): KeyAction =>
  ({ rows, pageRows, text, window }) => ({
    type: 'move',
    by: by * (text?.page ?? pageRows),
    rows,
    text: text?.most,
    window,
    margin: 1,
  });

const time = (byMs: number): KeyAction => ({ type: 'time', byMs });

const turn = (by: -1 | 1) =>
  ({ action: { type: 'turn', by }, footer: 'turns', inReplay: true }) as const;

const WHAT_IF: readonly Panel[] = ['what-if'];

/** Every key of the live view; dispatch, help and footer are made from it. */
export const KEYMAP: readonly KeyBinding[] = [
  {
    keys: ['up', 'k'],
    action: move(-1),
    label: '↑ k',
    help: 'select the group above; it stays selected',
  },
  { keys: ['down', 'j'], action: move(1), label: '↓ j', help: 'select the group below' },
  { keys: ['pageup'], action: page(-1), label: 'PgUp', help: 'a screen up' },
  { keys: ['pagedown'], action: page(1), label: 'PgDn', help: 'a screen down' },
  { keys: ['home', 'g'], action: move(-Infinity), label: 'Home g', help: 'to the first row' },
  { keys: ['end', 'G'], action: move(Infinity), label: 'End G', help: 'to the last row' },
  {
    keys: ['enter'],
    action: { type: 'panel', panel: 'detail' },
    label: 'Enter',
    help: 'details of the selected group',
    footer: 'detail',
  },
  {
    keys: ['a'],
    action: { type: 'panel', panel: 'advice' },
    label: 'a',
    help: 'suggestions, best first; 1–9 opens one',
    footer: 'advice',
  },
  {
    keys: ['s'],
    action: { type: 'panel', panel: 'sysctl' },
    label: 's',
    help: 'the sysctls that matter, and what they mean',
    footer: 'sysctl',
  },
  {
    keys: ['w'],
    action: { type: 'panel', panel: 'what-if' },
    label: 'w',
    help: 'what if: other sysctls, addresses or rates',
    footer: 'what-if',
  },
  {
    keys: ['left', '-'],
    action: { type: 'what-if-step', by: -1 },
    label: '← -',
    help: 'what-if: a smaller value',
    footer: 'change',
    panels: WHAT_IF,
  },
  {
    keys: ['right', '+'],
    action: { type: 'what-if-step', by: 1 },
    label: '→ +',
    help: 'what-if: a greater value',
    footer: 'change',
    panels: WHAT_IF,
  },
  {
    keys: ['enter'],
    action: { type: 'notice', text: 'Arrows change it, 0 resets, Esc leaves' },
    label: 'Enter',
    help: 'what-if: says the keys',
    panels: WHAT_IF,
  },
  {
    keys: ['y'],
    action: ({ copyable }) => ({ type: 'copy', lines: copyable }),
    label: 'y',
    help: 'what-if, suggestions: copy the commands',
    footer: 'copy',
    panels: ['what-if', 'advice'],
  },
  {
    keys: ['escape'],
    action: { type: 'escape' },
    label: 'Esc',
    help: 'back to the groups',
    footer: 'back',
    panels: ['detail', 'sysctl', 'advice', 'what-if', 'help'],
  },
  {
    keys: ['0', 'backspace'],
    action: { type: 'what-if-reset', rows: 'this' },
    label: '0 Bksp',
    help: 'what-if: reset to the real value',
    footer: 'reset',
    panels: WHAT_IF,
  },
  {
    keys: ['R'],
    action: { type: 'what-if-reset', rows: 'all' },
    label: 'R',
    help: 'what-if: reset all values',
    panels: WHAT_IF,
  },
  {
    keys: ['/'],
    action: { type: 'filter-edit' },
    label: '/',
    help: 'filter as you type; Enter keeps, Esc clears',
    footer: 'filter',
  },
  {
    keys: ['f'],
    action: { type: 'fold' },
    label: 'f',
    help: 'fold by destination, owner, source; Enter opens',
    footer: 'fold',
  },
  {
    keys: ['n', 'D'],
    action: { type: 'names' },
    label: 'n D',
    help: 'host names of destinations, or addresses',
  },
  {
    keys: ['<'],
    action: { type: 'sort', by: -1 },
    label: '<',
    help: 'sort by the column to the left',
    footer: 'sort',
  },
  {
    keys: ['>'],
    action: { type: 'sort', by: 1 },
    label: '>',
    help: 'sort by the column to the right',
    footer: 'sort',
  },
  { keys: ['I'], action: { type: 'invert' }, label: 'I', help: 'reverse the order' },
  {
    keys: ['p', ' '],
    action: { type: 'freeze' },
    label: 'p space',
    help: 'freeze the screen; pause or play a recording',
    footer: 'freeze',
    replayFooter: 'pause',
  },
  {
    keys: ['r'],
    action: { type: 'record' },
    label: 'r',
    help: 'start or stop recording to a file here',
    footer: 'record',
    replayFooter: '',
  },
  {
    keys: ['left'],
    action: time(-1),
    label: '←',
    help: 'one sample back in time, up to 15 minutes',
    footer: 'time',
  },
  {
    keys: ['right'],
    action: time(1),
    label: '→',
    help: 'one sample forward, up to the newest',
    footer: 'time',
  },
  { keys: ['['], action: time(-30_000), label: '[', help: '30 s back' },
  { keys: [']'], action: time(30_000), label: ']', help: '30 s forward' },
  {
    keys: ['{'],
    action: { type: 'time-tenths', by: -1 },
    label: '{',
    help: 'back by a tenth of the history',
  },
  {
    keys: ['}'],
    action: { type: 'time-tenths', by: 1 },
    label: '}',
    help: 'forward by a tenth',
  },
  { ...turn(1), keys: ['n'], label: 'n', help: 'in a recording: the next turning point' },
  { ...turn(-1), keys: ['N'], label: 'N', help: 'in a recording: the previous one' },
  {
    keys: ['L'],
    action: { type: 'live' },
    label: 'L',
    help: 'live again; to the end of a recording',
  },
  {
    keys: ['+'],
    action: { type: 'interval', factor: 0.5 },
    label: '+',
    help: 'sample, or play, twice as fast',
    replayFooter: 'speed',
  },
  {
    keys: ['-'],
    action: { type: 'interval', factor: 2 },
    label: '-',
    help: 'sample, or play, half as fast',
    replayFooter: 'speed',
  },
  {
    keys: ['escape'],
    action: { type: 'escape' },
    label: 'Esc',
    help: 'back to the folds; clears the filter; unfolds',
  },
  {
    keys: ['?', 'h'],
    action: { type: 'panel', panel: 'help' },
    label: '? h',
    help: 'this help',
    footer: 'help',
  },
  {
    keys: ['t'],
    action: { type: 'theme' },
    label: 't',
    help: 'next theme: default, colour-blind, mono',
  },
  {
    keys: ['S'],
    action: { type: 'save' },
    label: 'S',
    help: 'save theme, order and interval',
  },
  {
    keys: ['ctrl-l'],
    action: { type: 'repaint' },
    label: 'Ctrl-L',
    help: 'draw the whole screen anew',
  },
  {
    keys: ['ctrl-z'],
    action: { type: 'suspend' },
    label: 'Ctrl-Z',
    help: 'suspend to the shell; fg resumes',
  },
  {
    keys: ['q', 'ctrl-c'],
    action: { type: 'quit' },
    label: 'q Ctrl-C',
    help: 'quit',
    footer: 'quit',
  },
];
