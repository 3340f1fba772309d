import type { Action } from './reducer.ts';
import type { ViewState } from './view-state.ts';

/** A recording that the view is making. */
export interface Recording {
  /** As it is named on the screen; undefined before there is one. */
  readonly file: string | undefined;
  /** Unix time in ms of its first sample. */
  readonly sinceMs: number;
  /** Bytes written so far. */
  readonly bytes: number;
}

/** Makes recordings of the samples that come. */
export interface Recorder {
  /** Begins one; what becomes of it is told, until `stop`. */
  readonly start: (tell: (news: Action) => void) => void;
  /** Ends it; returns where it is, in a sentence. Undefined: there is none, or it has ended by itself. */
  readonly stop: () => string | undefined;
  /** Bytes written so far of the one that is being made. */
  readonly bytes: () => number;
}

/** Starts or stops; a recording is not recorded again. */
export function recordingToggled(state: ViewState): ViewState {
  if (state.replay !== undefined)
    return { ...state, notice: 'This is a recording already; r records live samples only.' };
  if (state.recording !== undefined) return { ...state, recording: undefined };
  const sinceMs = state.latest?.sample.takenAtMs ?? 0;
  return { ...state, recording: { file: undefined, sinceMs, bytes: 0 } };
}

/** There is a file now, unless the user has stopped it again. */
export function recordingStarted(state: ViewState, file: string): ViewState {
  const { recording } = state;
  if (recording === undefined) return state;
  return {
    ...state,
    recording: { ...recording, file },
    notice: `Recording to ${file}; r stops it`,
  };
}
