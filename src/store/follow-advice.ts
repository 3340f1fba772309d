import type { Advice } from '../model/advice/advice.ts';
import { shownModel, type ViewState } from './view-state.ts';

/**
 * The suggestion that is read stays opened when newer figures change its place in the list. Where it has left the list,
 * another takes its place, from its start; that it was not carried out is said, as nothing else on the screen says it.
 */
export function followAdvice(before: ViewState, next: ViewState): ViewState {
  if (before.panel !== 'advice' || next.panel !== 'advice') return next;
  if (before.panelCursor !== next.panelCursor) return next;
  const opened = openedAdvice(before)?.id;
  const shown = shownModel(next);
  if (opened === undefined || shown === undefined) return next;
  const at = shown.advice.findIndex(({ id }) => id === opened);
  if (at >= 0) return at === next.panelCursor ? next : { ...next, panelCursor: at };
  const panelCursor = Math.max(0, Math.min(next.panelCursor, shown.advice.length - 1));
  const isDone = shown.followed.some(({ id }) => id === opened);
  return {
    ...next,
    panelCursor,
    panelScroll: 0,
    copiedLines: undefined,
    ...(!isDone && { notice: WITHDRAWN }),
  };
}

/** The suggestion that the panel has opened: the last one if there are not as many any more. */
function openedAdvice(state: ViewState): Advice | undefined {
  const { advice = [] } = shownModel(state) ?? {};
  return advice[Math.min(state.panelCursor, advice.length - 1)];
}

/** Notice that what was read, or meant by a number, has gone from the list. */
export const WITHDRAWN = 'That suggestion no longer applies';
