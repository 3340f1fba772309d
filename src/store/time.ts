import { jumpInHistory, NO_HISTORY } from '../model/model-history.ts';
import { modelOfPlace, placesAt } from '../model/places.ts';
import { replayEnded, replayMoved, replayToggled } from './replay.ts';
import { realModel, type ViewState } from './view-state.ts';

/**
 * Goes so many ms back (negative) or forward over what is kept of the place in focus; 1 and -1 are one sample.
 * All other places follow to the same time. A frozen screen, and else the newest model, is where the past ends.
 * A recording is gone through from end to end.
 */
export function stepInTime(state: ViewState, byMs: number): ViewState {
  if (state.replay !== undefined) return { ...state, replay: replayMoved(state.replay, byMs) };
  const shown = realModel(state);
  if (shown === undefined || (state.past === undefined && byMs > 0)) return state;
  const { place, takenAtMs } = shown.sample;
  const found = jumpInHistory(state.history.get(place.id) ?? NO_HISTORY, takenAtMs, byMs);
  const past = found && placesAt(state.history, found);
  if (byMs < 0) return past === undefined ? state : { ...state, past };
  const end = modelOfPlace(state.frozen ?? state.latest, place.id)?.sample.takenAtMs ?? Infinity;
  const isPast = found !== undefined && found.sample.takenAtMs < end;
  return { ...state, past: isPast ? past : undefined };
}

/** Shows the newest model again; of a recording, the last. */
export function goLive(state: ViewState): ViewState {
  if (state.replay !== undefined) return { ...state, replay: replayEnded(state.replay) };
  return { ...state, past: undefined, frozen: undefined };
}

/** Holds the screen, or lets it go where it is held already; pauses a recording, or plays it. */
export function toggleFreeze(state: ViewState): ViewState {
  if (state.replay !== undefined) return { ...state, replay: replayToggled(state.replay) };
  const isHeld = state.past !== undefined || state.frozen !== undefined;
  if (isHeld) return goLive(state);
  return state.latest.length === 0 ? state : { ...state, frozen: state.latest };
}
