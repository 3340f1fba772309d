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
  readonly intervalMs: number;
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
    ...settings,
  };
}

/** The model on the screen: the frozen one, or the newest. */
export function shownModel(state: ViewState): Model | undefined {
  return state.frozen ?? state.latest;
}
