import { type FilterWord, parseFilter } from '../model/query/filter-words.ts';
import type { Folding } from '../model/query/fold.ts';
import { DEFAULT_ORDER } from '../model/query/order.ts';
import { type HostNames, NO_NAMES } from '../model/host-name.ts';
import type { Model } from '../model/model.ts';
import { NO_HISTORY } from '../model/model-history.ts';
import type { WhatIf } from '../model/what-if/what-if.ts';
import type { FadingGroup } from './fading.ts';
import { hypotheticalModel } from './hypothetical-model.ts';
import type { Panel } from './panel.ts';
import type { RecordingState } from './recording.ts';
import type { ReplayState } from './replay.ts';
import { DEFAULT_INTERVAL_MS, DEFAULT_THEME, type SettingsState, THEMES } from './settings.ts';

/** What Esc goes back to from the members of a fold. */
export interface OpenedFold {
  readonly folding: Folding;
  readonly filter: string;
  readonly selected: string | undefined;
}

/** All that the live view shows, and how. */
export interface ViewState extends SettingsState, RecordingState, ReplayState {
  /** The model that is held on the screen while the screen is frozen. */
  readonly frozen: Model | undefined;
  /** The model of an earlier time that is looked at; undefined: none is. */
  readonly past: Model | undefined;
  readonly panel: Panel;
  /** Filter expression, as it was typed; '' shows all groups. */
  readonly filter: string;
  /** The filter in force: that of the expression, or of the last one that could be understood. */
  readonly filterWords: readonly FilterWord[];
  /** What the groups are folded by; undefined: they are not. */
  readonly folding: Folding | undefined;
  /** What was left for the members of one fold. */
  readonly openedFold: OpenedFold | undefined;
  /** Whether destinations are shown by their host names, where they are known. */
  readonly showNames: boolean;
  readonly hostNames: HostNames;
  /** True while keys go into the filter. */
  readonly editingFilter: boolean;
  /** Key of the selected group; it is followed when the order changes. Undefined: the first row. */
  readonly selected: string | undefined;
  /** The row that is looked at in a panel. */
  readonly panelCursor: number;
  /** Changes that the what-if panel shows the outcome of; kept while it is closed. */
  readonly whatIf: WhatIf;
  /** How many lines the last key has copied; undefined: it was another key. */
  readonly copiedLines: number | undefined;
  /** Keys of all groups in the order of the last picture, which rows leave for good reason only. */
  readonly rowOrder: readonly string[];
  /** Groups that have gone, but stay on the screen a little longer. */
  readonly fading: readonly FadingGroup[];
  /** False while the terminal's window is not the one that is worked in; true where it does not tell. */
  readonly focused: boolean;
}

export function initialViewState(
  settings: Partial<
    Pick<ViewState, 'order' | 'filter' | 'intervalMs' | 'theme' | 'themes' | 'replay'>
  > = {},
): ViewState {
  return {
    latest: undefined,
    frozen: undefined,
    past: undefined,
    recording: undefined,
    replay: undefined,
    panel: 'groups',
    order: DEFAULT_ORDER,
    filter: '',
    filterWords: parseFilter(settings.filter ?? '').words,
    folding: undefined,
    openedFold: undefined,
    showNames: false,
    hostNames: NO_NAMES,
    editingFilter: false,
    selected: undefined,
    panelCursor: 0,
    history: NO_HISTORY,
    rowOrder: [],
    fading: [],
    whatIf: {},
    copiedLines: undefined,
    notice: undefined,
    theme: DEFAULT_THEME,
    themes: THEMES,
    intervalMs: DEFAULT_INTERVAL_MS,
    focused: true,
    ...settings,
  };
}

/** A screen that may be hidden, and at best is glanced at, is kept up to date this often. */
const UNFOCUSED_INTERVAL_MS = 1000;

/** Ms between two samples, as things are. A recording is for later, and is to have them all. */
export function samplingIntervalMs({ intervalMs, focused, recording }: ViewState): number {
  return focused || recording !== undefined
    ? intervalMs
    : Math.max(intervalMs, UNFOCUSED_INTERVAL_MS);
}

/** The model of the real machine on the screen: one of the past, the frozen one, or the newest. */
export function realModel(state: ViewState): Model | undefined {
  return state.past ?? state.frozen ?? state.latest;
}

/** The model on the screen: the real one, or what would become of it while the what-if panel is open. */
export function shownModel(state: ViewState): Model | undefined {
  const model = realModel(state);
  return model === undefined || state.panel !== 'what-if'
    ? model
    : hypotheticalModel(model, state.whatIf);
}
