import type { Advice } from '../model/advice/advice.ts';
import { READ_MS } from './advice-order.ts';
import { samplingIntervalMs, shownModel, type ViewState } from './view-state.ts';

/** The suggestion that somebody means who presses the number at this index, from 0; undefined: it is gone, or there is none. */
export function meantAdvice(state: ViewState, index: number): Advice | undefined {
  const shown = shownModel(state);
  const before = isMoving(state) && shown && state.adviceOrders.get(shown.sample.place.id)?.before;
  if (shown === undefined || before === undefined || before === false) return shown?.advice[index];
  const id = before.ids[index];
  return id === undefined ? shown.advice[index] : shown.advice.find((advice) => advice.id === id);
}

/** True while newer samples change the screen, and that so often that nobody can read in between. */
function isMoving(state: ViewState): boolean {
  const { past, frozen, panel } = state;
  const isHeld = past !== undefined || frozen !== undefined || panel === 'what-if';
  return !isHeld && samplingIntervalMs(state) <= READ_MS;
}
