import type { Place } from '../kernel/place.ts';
import type { Model } from '../model/model.ts';
import {
  modelOfPlace,
  type PlaceModels,
  withPlaceHistories,
  withPlaceModels,
} from '../model/places.ts';
import { SORT_COLUMNS, type SortColumn } from '../model/query/order.ts';
import type { Action } from './actions.ts';
import { steadyAdvice } from './advice-order.ts';
import { replayStepped } from './replay.ts';
import { goLive } from './time.ts';
import { realModels, type ViewState } from './view-state.ts';
import { isSetAnew } from './what-if-steps.ts';

/** The state with newer models, of one place or of several. */
export function withModel(
  { latest, recording, replay, history, adviceOrders, ...state }: ViewState,
  {
    model: first,
    others = [],
    carriedToMs,
    recordedBytes,
    step,
    earlier,
  }: Extract<Action, { type: 'model' }>,
): ViewState {
  const orders = new Map(adviceOrders);
  const steady = (newest: Model) => {
    const { id } = newest.sample.place;
    const last = modelOfPlace(latest, id);
    const { model, order } = steadyAdvice(last, orders.get(id), newest);
    orders.set(id, order);
    return model;
  };
  const models = [first, ...others].map(steady);
  const isSaidOfOthers =
    state.panel === 'what-if' &&
    models.some((model) => isSetAnew(modelOfPlace(latest, model.sample.place.id), model));
  return {
    ...state,
    ...(isSaidOfOthers && { notice: undefined }),
    adviceOrders: orders,
    silentSeconds: undefined,
    carriedToMs,
    // After a jump, all places are as of that time.
    latest: withPlaceModels(placesBefore(first, { latest, replay, earlier }), models),
    history: withPlaceHistories(history, [...(earlier ?? []), ...models]),
    recording: recording && { ...recording, bytes: recordedBytes ?? recording.bytes },
    replay: replay && step ? replayStepped(replay, step) : replay,
  };
}

/** The places on the screen when a newer sample comes; a recording does not say that one has gone. */
function placesBefore(
  { sample }: Model,
  {
    latest,
    replay,
    earlier,
  }: Pick<ViewState, 'latest' | 'replay'> & { readonly earlier: readonly Model[] | undefined },
): PlaceModels {
  if (earlier !== undefined) return withPlaceModels([], earlier);
  if (replay === undefined || latest.length < 2) return latest;
  return latest.filter((each) => sample.takenAtMs - each.sample.takenAtMs < UNHEARD_MS);
}

/** A place is read once a minute at least. */
const UNHEARD_MS = 120_000;

/** Without places that there are no more, or that are not watched any longer. */
export function withoutPlaces(state: ViewState, isKept: (place: Place) => boolean): ViewState {
  const { latest, history, adviceOrders, lost } = state;
  const left = latest.filter(({ sample }) => !isKept(sample.place));
  const gone = new Set(left.map(({ sample }) => sample.place.id));
  const isThere = (id: string | undefined) => id === undefined || !gone.has(id);
  return {
    ...state,
    latest: latest.filter((model) => !left.includes(model)),
    history: new Map([...history].filter(([id]) => isThere(id))),
    adviceOrders: new Map([...adviceOrders].filter(([id]) => isThere(id))),
    lost: lost.filter(({ placeId }) => isThere(placeId)),
  };
}

/** All network namespaces in place of one, or back. */
export function namespacesToggled(state: ViewState): ViewState {
  const { allNamespaces } = state;
  if (allNamespaces === undefined) return { ...state, notice: NOT_ALL };
  const notice = allNamespaces ? 'This network namespace alone' : 'All network namespaces';
  const next = { ...goLive(state), allNamespaces: !allNamespaces, notice };
  return allNamespaces ? withoutPlaces(next, ({ kind }) => kind === 'here') : next;
}

const NOT_ALL = 'N needs the view of this machine: leave --via, --pid, --netns and --proc out';

/** The columns that there are on the screen to sort by. */
export function sortColumns(state: ViewState): readonly SortColumn[] {
  const isOne = realModels(state).length < 2 && state.order.column !== 'place';
  return isOne ? SORT_COLUMNS.filter((column) => column !== 'place') : SORT_COLUMNS;
}
