import { fadeGroups } from './fading.ts';
import { realModel, shownModel, type ViewState } from './view-state.ts';
import { visibleGroups } from './visible-groups.ts';

/** Brings what depends on the last picture up to date: the order of its rows, and what fades from it. */
export function withRowOrder(before: ViewState, next: ViewState): ViewState {
  const fading = fadingIn(before, next);
  const anew = isSortedAnew(before, next);
  if (!anew && fading === before.fading && shownModel(before) === shownModel(next)) return next;
  const rowOrder = anew ? [] : before.rowOrder;
  const rows = visibleGroups({ ...next, fading, rowOrder, filterWords: [] });
  return { ...next, fading, rowOrder: rows.map(({ key }) => key) };
}

function fadingIn(before: ViewState, next: ViewState): ViewState['fading'] {
  const isReleased = before.frozen !== undefined && next.frozen === undefined;
  // A jump in time is not a departure.
  const isJump = before.past !== next.past || before.replay?.jumpedTo !== next.replay?.jumpedTo;
  if (isReleased || isJump) return [];
  const { latest } = next;
  if (latest === undefined || latest === before.latest || realModel(next) !== latest)
    return before.fading;
  return fadeGroups(before.fading, before.latest, latest);
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
