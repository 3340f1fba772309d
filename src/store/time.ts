import { jumpInHistory } from '../model/model-history.ts';
import { replayEnded, replayMoved, replayToggled } from './replay.ts';
import { realModel, type ViewState } from './view-state.ts';

/**
 * Goes so many ms back (negative) or forward over what is kept; 1 and -1 are one sample. A frozen screen, and
 * else the newest model, is where the past ends. A recording is gone through from end to end.
 */
export function stepInTime(state: ViewState, byMs: number): ViewState {
  if (state.replay !== undefined) return { ...state, replay: replayMoved(state.replay, byMs) };
  const shown = realModel(state);
  const end = state.frozen ?? state.latest;
  if (shown === undefined || end === undefined) return state;
  if (state.past === undefined && byMs > 0) return state;
  const found = jumpInHistory(state.history, shown.sample.takenAtMs, byMs);
  if (byMs < 0) return found === undefined ? state : { ...state, past: found };
  const isPast = found !== undefined && found.sample.takenAtMs < end.sample.takenAtMs;
  return { ...state, past: isPast ? found : undefined };
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
  return isHeld ? goLive(state) : { ...state, frozen: state.latest };
}
