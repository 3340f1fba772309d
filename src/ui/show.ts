import type { Advice } from '../model/advice/advice.ts';
import type { Model } from '../model/model.ts';
import type { Severity } from '../model/severity.ts';
import type { Action } from '../store/actions.ts';

/** What is said to an audience, beside the figures. */
export interface ShowState {
  /** Few words, in large letters where there is room. */
  readonly headline: string;
  /** One or two sentences. */
  readonly text: string;
  readonly severity: Severity;
  /** Place in the story, and counts. */
  readonly status: string;
  /** The show's own keys and what they do, the most important first; the last two are always there. */
  readonly keys: readonly string[];
}

/** A story that goes on beside the view: the demo. */
export interface Show {
  readonly subscribe: (listener: () => void) => () => void;
  /** The same object until something changes. */
  readonly getState: () => ShowState;
  /**
   * The show's own keys come first: returns what the view does about one; undefined: it is not the show's. `meant`: the
   * suggestion that a number stands for.
   */
  readonly press: (key: string, shown: Model | undefined, meant?: Advice) => Action | undefined;
}
