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

/** A move by rows, or by lines of the text of the row at the cursor. */
export function moveBy(by: number): KeyAction {
  return (context) => moved(by * (context.text?.page === SMALL_PAGE ? SMALL_PAGE : 1), context);
}

/** A move by pages. */
export function pageBy(by: number): KeyAction {
  return (context) => moved(by * (context.text?.page ?? context.pageRows), context);
}

/** A move on the screen as it is now, of a key or of the wheel. */
export function moved(
  by: number,
  { rows, text, window }: Pick<KeyContext, 'rows' | 'text' | 'window'>,
): Action {
  return { type: 'move', by, rows, text: text?.most, window, margin: 1 };
}
