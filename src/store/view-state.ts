import { DEFAULT_ORDER, type GroupOrder } from '../model/group-order.ts';
import type { Model } from '../model/model.ts';

/** What fills the middle of the screen. */
export type Panel = 'groups' | 'detail' | 'sysctl' | 'advice' | 'help';

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

/** The model on the screen: the frozen one, or the newest. */
export function shownModel(state: ViewState): Model | undefined {
  return state.frozen ?? state.latest;
}
