import type { ReactNode } from 'react';
import type { Model } from '../../model/model.ts';
import type { ViewState } from '../../store/view-state.ts';
import type { ListView } from '../layout.ts';
import type { SpokenPanel } from '../speech/spoken-list.ts';
import type { TextScroll } from '../text-scroll.ts';
import type { Glyphs } from '../theme.ts';

/** What the middle of the screen is drawn from, and where. */
export interface PanelProps {
  readonly state: ViewState;
  /** The model on the screen: see `shownModel`. */
  readonly model: Model;
  readonly columns: number;
  readonly rows: number;
  readonly glyphs: Glyphs;
}

/** All that one panel is: what it draws and says, and what keys and the mouse find in it. */
export interface PanelParts {
  readonly View: (props: PanelProps) => ReactNode;
  /** How many rows the keys that move go through. */
  readonly length: (props: PanelProps) => number;
  /** How far the text of the row at the cursor scrolls. Left out, or undefined: its rows have no text that scrolls. */
  readonly text?: (props: PanelProps) => TextScroll | undefined;
  /** The rows that a click selects, `top` from the top of the panel. Left out: it has no such list. */
  readonly list?: (props: PanelProps) => ListView;
  /** Rows of the group table at the bottom of the panel, its title row among them. Left out: it shows none. */
  readonly tableRows?: (props: PanelProps) => number;
  /** The shell commands that `y` copies, a line each. Left out: it offers none. */
  readonly copyable?: (state: ViewState, model: Model) => readonly string[];
  /** What a screen reader says about it. */
  readonly spoken: SpokenPanel;
}
