import { DEFAULT_ORDER, type GroupOrder } from '../model/group-order.ts';
import { History } from '../model/history.ts';
import type { Model } from '../model/model.ts';
import type { WhatIf } from '../model/what-if.ts';
import { hypotheticalModel } from './hypothetical-model.ts';

/** What fills the middle of the screen. */
export type Panel = 'groups' | 'detail' | 'sysctl' | 'advice' | 'what-if' | 'help';

/** All that the live view shows, and how. */
export interface ViewState {
  /** The newest model; undefined before the first sample. */
  readonly latest: Model | undefined;
  /** The model that is held on the screen while the screen is frozen. */
  readonly frozen: Model | undefined;
  readonly panel: Panel;
  readonly order: GroupOrder;
  /** Filter expression; '' shows all groups. */
  readonly filter: string;
  /** True while keys go into the filter. */
  readonly editingFilter: boolean;
  /** Label of the selected group; it is followed when the order changes. Undefined: the first row. */
  readonly selected: string | undefined;
  /** The row that is looked at in a panel. */
  readonly panelCursor: number;
  /** Changes that the what-if panel shows the outcome of; kept while it is closed. */
  readonly whatIf: WhatIf;
  /** How many lines the last key has copied; undefined: it was another key. */
  readonly copiedLines: number | undefined;
  /** What was seen before; it goes on growing, whatever is on the screen. */
  readonly history: History;
  /** Ms between two samples, as the user wants it. */
  readonly intervalMs: number;
  /** False while the terminal's window is not the one that is worked in; true where it does not tell. */
  readonly focused: boolean;
}

export function initialViewState(
  settings: Partial<Pick<ViewState, 'order' | 'filter' | 'intervalMs'>> = {},
): ViewState {
  return {
    latest: undefined,
    frozen: undefined,
    panel: 'groups',
    order: DEFAULT_ORDER,
    filter: '',
    editingFilter: false,
    selected: undefined,
    panelCursor: 0,
    history: new History(),
    whatIf: {},
    copiedLines: undefined,
    intervalMs: 250,
    focused: true,
    ...settings,
  };
}

/** A screen that may be hidden, and at best is glanced at, is kept up to date this often. */
const UNFOCUSED_INTERVAL_MS = 1000;

/** Ms between two samples, as things are. */
export function samplingIntervalMs({ intervalMs, focused }: ViewState): number {
  return focused ? intervalMs : Math.max(intervalMs, UNFOCUSED_INTERVAL_MS);
}

/** The model of the real machine on the screen: the frozen one, or the newest. */
export function realModel(state: ViewState): Model | undefined {
  return state.frozen ?? state.latest;
}

/** The model on the screen: the real one, or what would become of it while the what-if panel is open. */
export function shownModel(state: ViewState): Model | undefined {
  const model = realModel(state);
  return model === undefined || state.panel !== 'what-if'
    ? model
    : hypotheticalModel(model, state.whatIf);
}
