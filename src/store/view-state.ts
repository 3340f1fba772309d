import { type FilterWord, parseFilter } from '../model/query/filter-words.ts';
import type { Folding } from '../model/query/fold.ts';
import { DEFAULT_ORDER } from '../model/query/order.ts';
import { type HostNames, NO_NAMES } from '../model/host-name.ts';
import type { Model } from '../model/model.ts';
import {
  type LostPlace,
  modelOfPlace,
  newestMs,
  type PlaceModels,
  worstPlace,
} from '../model/places.ts';
import { placeIdOf } from '../model/sample/tuple-label.ts';
import type { WhatIf } from '../model/what-if/changes.ts';
import type { AdviceOrder } from './advice-order.ts';
import { carriedModel, hypotheticalModel } from './altered-model.ts';
import type { FadingGroup } from './fading.ts';
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
  /** The models that are held on the screen while it is frozen; undefined: it is not. */
  readonly frozen: PlaceModels | undefined;
  /** The models of the earlier time on the screen; undefined when the view is not in the past. */
  readonly past: PlaceModels | undefined;
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
  /** The first of the groups on the screen, which gives way to the selected one. */
  readonly firstRow: number;
  /** The row that is looked at in a panel. */
  readonly panelCursor: number;
  /** The first on the screen of a panel's rows, which gives way to the one that is looked at. */
  readonly panelFirstRow: number;
  /** Lines of that row's text that were scrolled past. */
  readonly panelScroll: number;
  /** Changes that the what-if panel shows the outcome of; kept while it is closed. */
  readonly whatIf: WhatIf;
  /** How many lines the last key has copied; undefined: it was another key. */
  readonly copiedLines: number | undefined;
  /** Keys of all groups in the order of the last picture, which rows leave for good reason only. */
  readonly rowOrder: readonly string[];
  /** How the suggestions of each place stand on the screen, by the place's id. */
  readonly adviceOrders: ReadonlyMap<string, AdviceOrder>;
  /** When the rows were in the order of their figures last, Unix time in ms of a sample. */
  readonly sortedAtMs: number;
  /** Groups that have gone, but stay on the screen a little longer. */
  readonly fading: readonly FadingGroup[];
  /** Seconds since the last sample, if the next is overdue; undefined: it is not. */
  readonly silentSeconds: number | undefined;
  /** Unix time in ms that clock and countdowns have gone on to since the last sample; undefined: that sample's time. */
  readonly carriedToMs: number | undefined;
  /** Why, in a sentence; undefined: not known. */
  readonly silentReason?: string | undefined;
  /** The places that no samples come from now. */
  readonly lost: readonly LostPlace[];
  /** Whether all network namespaces of this machine are watched; undefined: other places were asked for. */
  readonly allNamespaces: boolean | undefined;
  /** False while the terminal's window has no focus; true if the terminal does not report focus. */
  readonly focused: boolean;
  /** True in the demo, which has keys of its own. */
  readonly isDemo: boolean;
  /** The user has left: nothing acts any more, such as keys behind `q` in the same read. */
  readonly hasLeft: boolean;
}

export function initialViewState(
  settings: Partial<
    Pick<
      ViewState,
      | 'order'
      | 'filter'
      | 'intervalMs'
      | 'theme'
      | 'themes'
      | 'replay'
      | 'isDemo'
      | 'notice'
      | 'allNamespaces'
    >
  > = {},
): ViewState {
  return {
    latest: [],
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
    firstRow: 0,
    panelCursor: 0,
    panelFirstRow: 0,
    panelScroll: 0,
    history: new Map(),
    rowOrder: [],
    adviceOrders: new Map(),
    sortedAtMs: 0,
    fading: [],
    whatIf: {},
    copiedLines: undefined,
    notice: undefined,
    theme: DEFAULT_THEME,
    themes: THEMES,
    intervalMs: DEFAULT_INTERVAL_MS,
    silentSeconds: undefined,
    carriedToMs: undefined,
    lost: [],
    allNamespaces: undefined,
    focused: true,
    isDemo: false,
    hasLeft: false,
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

/** The models of the real places on the screen: those of the past, the frozen ones, or the newest. */
export function realModels({ past, frozen, latest }: ViewState): PlaceModels {
  return past ?? frozen ?? latest;
}

/**
 * The one of those in focus, which header and panels are about: that of the selected group's place, or else of the
 * worst place. Undefined before the first sample.
 */
export function realModel(state: ViewState): Model | undefined {
  const models = realModels(state);
  return modelOfPlace(models, placeIdOf(state.selected ?? '')) ?? worstPlace(models);
}

/**
 * The models on the screen: the real ones, of which what-if changes the one in focus while its panel is open. Where
 * samples are rare, clock and countdowns go on, unless the screen is held.
 */
export function shownModels(state: ViewState): PlaceModels {
  const carriedToMs = goneOnToMs(state);
  const [models, focused] = [realModels(state), realModel(state)];
  const shown =
    state.panel !== 'what-if'
      ? models
      : models.map((model) => (model === focused ? hypotheticalModel(model, state.whatIf) : model));
  if (carriedToMs === undefined) return shown;
  // Of several places, each sample has a time of its own.
  const leastAgeMs = shown.length > 1 ? Math.max(OLD_MS, state.intervalMs + LATE_MS) : 0;
  return shown.map((model) =>
    carriedToMs - model.sample.takenAtMs < leastAgeMs ? model : carriedModel(model, carriedToMs),
  );
}

/** What clock and countdowns have gone on to, Unix time in ms; undefined: they stand at the samples' times. */
function goneOnToMs(state: ViewState): number | undefined {
  return isHeld(state) ? undefined : state.carriedToMs;
}

/** The time that the screen is about, Unix ms. */
export function screenMs(state: ViewState): number {
  return Math.max(newestMs(shownModels(state)), goneOnToMs(state) ?? 0);
}

/** A sample of one of several places is old from this age on, or when the next one is so late. */
const OLD_MS = 1500;
const LATE_MS = 500;

/** True if the screen shows more than one place, or is about to. */
export function hasSeveralPlaces(state: ViewState): boolean {
  return realModels(state).length + state.lost.filter(isNeverSeen).length > 1;
}

function isNeverSeen({ placeId }: LostPlace): boolean {
  return placeId === undefined;
}

/** True while the screen shows another time than now. */
export function isHeld({ past, frozen, replay }: ViewState): boolean {
  return past !== undefined || frozen !== undefined || replay !== undefined;
}

/** The model on the screen that is in focus: the real one, or what would become of it. */
export function shownModel(state: ViewState): Model | undefined {
  const place = realModel(state)?.sample.place;
  return place && modelOfPlace(shownModels(state), place.id);
}

/** The newest model of the place in focus. */
export function latestModel(state: ViewState): Model | undefined {
  return modelOfPlace(state.latest, realModel(state)?.sample.place.id);
}

/** What holds the screen, of the place in focus: for the marks that say so. */
export function heldScreen(state: ViewState) {
  const { past, frozen, replay } = state;
  const shown = realModel(state);
  return {
    past: past && shown,
    frozen: frozen && shown,
    latest: latestModel(state),
    replay,
  };
}
