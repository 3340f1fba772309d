import { modelOfPlace, newestMs, type PlaceModels } from '../model/places.ts';
import { fadeGroups, fadePlaces } from './fading.ts';
import { realModels, shownModels, type ViewState } from './view-state.ts';
import { sortedVisibleGroups, visibleGroups } from './visible-groups.ts';

/** Brings what depends on the last picture up to date: the order of its rows, and what fades from it. */
export function withRowOrder(before: ViewState, next: ViewState): ViewState {
  const fading = fadingIn(before, next);
  const anew = isSortedAnew(before, next);
  const shown = shownModels(next);
  const isSame = isEach(shownModels(before), shown);
  if (!anew && fading === before.fading && isSame) return next;
  const nowMs = newestMs(shown);
  const isDue = Math.abs(nowMs - before.sortedAtMs) >= LONGEST_OUT_OF_ORDER_MS;
  const rowOrder = anew ? [] : before.rowOrder;
  const all = { ...next, fading, rowOrder, filterWords: [] };
  const rows = isDue ? sortedVisibleGroups(all) : visibleGroups(all);
  const sortedAtMs = anew || isDue ? nowMs : before.sortedAtMs;
  return { ...next, fading, rowOrder: rows.map(({ key }) => key), sortedAtMs };
}

/** A row stands out of order for less than this, however small the difference is. */
const LONGEST_OUT_OF_ORDER_MS = 5000;

function isEach(models: PlaceModels, others: PlaceModels): boolean {
  return models.length === others.length && models.every((model, at) => model === others[at]);
}

function fadingIn(before: ViewState, next: ViewState): ViewState['fading'] {
  const isReleased = before.frozen !== undefined && next.frozen === undefined;
  // A jump in time is not a departure.
  const isJump = before.past !== next.past || before.replay?.jumpedTo !== next.replay?.jumpedTo;
  const isOther = before.allNamespaces !== next.allNamespaces;
  if (isReleased || isJump || isOther) return [];
  const { latest } = next;
  if (realModels(next) !== latest) return before.fading;
  const known = new Set(before.latest);
  const faded = latest
    .filter((model) => !known.has(model))
    .reduce(
      (fading, model) =>
        fadeGroups(fading, modelOfPlace(before.latest, model.sample.place.id), model),
      before.fading,
    );
  return fadePlaces(faded, before.latest, latest);
}

/** Whether the user did something after which the rows are looked for anew, so that they may all move. */
function isSortedAnew(before: ViewState, next: ViewState): boolean {
  return (
    before.order !== next.order ||
    before.filterWords !== next.filterWords ||
    before.folding !== next.folding ||
    before.whatIf !== next.whatIf ||
    (before.panel === 'what-if') !== (next.panel === 'what-if') ||
    (before.past !== undefined && next.past === undefined)
  );
}
