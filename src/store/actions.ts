import type { ForeignText } from '../kernel/foreign-text.ts';
import type { Model } from '../model/model.ts';
import type { ReplayStep, Turns } from '../model/playback.ts';
import type { SortColumn } from '../model/query/order.ts';
import type { ListWindow } from './list-window.ts';
import type { Panel } from './panel.ts';

/** What can happen to the live view. */
export type Action =
  /**
   * The newest sample's; with the bytes that were recorded so far. In a recording with its place there and, after
   * a jump, the models of earlier samples, the oldest first. `carriedToMs`: now, if the sample is old already.
   */
  | {
      readonly type: 'model';
      readonly model: Model;
      readonly carriedToMs?: number | undefined;
      readonly recordedBytes?: number | undefined;
      readonly step?: ReplayStep | undefined;
      readonly earlier?: readonly Model[] | undefined;
    }
  /**
   * Rows down (positive) or up, among the `rows` of the panel that is shown; Infinity: to the end. `text`: lines that the
   * text of the row at the cursor scrolls by, which is read to its end before the next row. `window`: the rows of them
   * that are on the screen, and how many are to stay in sight around the selected one.
   */
  | {
      readonly type: 'move';
      readonly by: number;
      readonly rows: number;
      readonly text?: number | undefined;
      readonly window?: ListWindow | undefined;
      readonly margin?: 0 | 1;
    }
  /** Looks at one suggestion, 0 for the first. */
  | { readonly type: 'advice'; readonly index: number }
  | { readonly type: 'sort'; readonly by: -1 | 1 }
  | { readonly type: 'invert' }
  /** Sorts by this column; inverts where that is the order already. */
  | { readonly type: 'sort-by'; readonly column: SortColumn }
  /** Selects a group, which stays where it is in the window; the one that was selected so or by a key is opened. */
  | { readonly type: 'pick'; readonly key: string; readonly window?: ListWindow | undefined }
  /** Shows a panel, or the groups again if it is shown already. */
  | { readonly type: 'panel'; readonly panel: Panel }
  | { readonly type: 'freeze' }
  /** Moves back (negative) or forward in the history by this many ms; 1 and -1 are one sample. */
  | { readonly type: 'time'; readonly byMs: number }
  /** The same by tenths of a recording, or of what is kept in memory. */
  | { readonly type: 'time-tenths'; readonly by: number }
  /** Goes to the next turning point of a recording, or to the previous one. */
  | { readonly type: 'turn'; readonly by: -1 | 1 }
  /** Turning points were found. */
  | { readonly type: 'turns'; readonly turns: Turns }
  /** Starts or stops recording. */
  | { readonly type: 'record' }
  /** A recording is being made in this file. */
  | { readonly type: 'recording'; readonly file: string }
  /** The recording could not continue, for a reason in words. */
  | { readonly type: 'recording-failed'; readonly text: string }
  | { readonly type: 'live' }
  /** No sample has come for so long, for a reason in a sentence where it is known; undefined: they come. */
  | {
      readonly type: 'silence';
      readonly seconds: number | undefined;
      readonly reason?: string | undefined;
    }
  /** Clock and countdowns go on to this Unix time in ms, as there is no newer sample. A held screen stays as it is. */
  | { readonly type: 'carry-on'; readonly nowMs: number }
  | { readonly type: 'filter-edit' }
  | { readonly type: 'filter-text'; readonly text: string }
  | { readonly type: 'filter-backspace' }
  /** Takes the last word away, or all. */
  | { readonly type: 'filter-erase'; readonly what: 'word' | 'all' }
  /** Something was pasted, and goes into the filter while that is typed. */
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'filter-done' }
  /** Folds the groups by the next thing that they may have in common. */
  | { readonly type: 'fold' }
  /** Shows host names of destinations, or their addresses again. */
  | { readonly type: 'names' }
  /** A name server returned the name of an address. */
  | { readonly type: 'host-name'; readonly address: string; readonly name: ForeignText }
  /** Another value for the what-if's row at the cursor: the next greater or smaller one. */
  | { readonly type: 'what-if-step'; readonly by: -1 | 1 }
  /** Gives back the real value to the row at the cursor, or to all. */
  | { readonly type: 'what-if-reset'; readonly rows: 'this' | 'all' }
  /** Copies these shell commands, a line each. */
  | { readonly type: 'copy'; readonly lines: readonly string[] }
  /** This many lines were copied. */
  | { readonly type: 'copied'; readonly lines: number }
  /** Draws in the next theme. */
  | { readonly type: 'theme' }
  /** Saves the settings. */
  | { readonly type: 'save' }
  /** Stops the program, as Ctrl-Z does. */
  | { readonly type: 'suspend' }
  /** Draws the whole screen anew. */
  | { readonly type: 'repaint' }
  | { readonly type: 'quit' }
  /** Says something until the user does something else. */
  | { readonly type: 'notice'; readonly text: string }
  /** Leaves what was entered last: the filter line, a panel, the filter. */
  | { readonly type: 'escape' }
  | { readonly type: 'interval'; readonly factor: number }
  /** The terminal's window came to the front, or left it. */
  | { readonly type: 'focus'; readonly focused: boolean };
