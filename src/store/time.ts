import { jumpInHistory, NO_HISTORY } from '../model/model-history.ts';
import { modelOfPlace, placesAt } from '../model/places.ts';
import { replayEnded, replayMoved, replayToggled } from './replay.ts';
import { realModel, type ViewState } from './view-state.ts';

/**
 * Moves the view `byMs` back (negative) or forward in the history of the place in focus; 1 and -1 are one sample. All
 * other places follow to the same time. The past ends at the frozen model, or else at the newest. In a replay it moves
 * through the whole recording.
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

/** Freezes the screen, or unfreezes it; pauses or plays a recording. */
export function toggleFreeze(state: ViewState): ViewState {
  if (state.replay !== undefined) return { ...state, replay: replayToggled(state.replay) };
  const isHeld = state.past !== undefined || state.frozen !== undefined;
  if (isHeld) return goLive(state);
  return state.latest.length === 0 ? state : { ...state, frozen: state.latest };
}
