import type { Action } from './actions.ts';
import { newestMs, type PlaceModels } from '../model/places.ts';
import type { ReplayState } from './replay.ts';

/** A recording that the view is making. */
export interface Recording {
  /** As it is named on the screen; undefined before there is one. */
  readonly file: string | undefined;
  /** Unix time in ms of its first sample. */
  readonly sinceMs: number;
  /** Bytes written so far. */
  readonly bytes: number;
}

/** The part of the view's state that recordings are about. */
export interface RecordingState extends Pick<ReplayState, 'replay'> {
  /** The newest model of each place; empty before the first sample. */
  readonly latest: PlaceModels;
  /** The running recording; undefined if there is none. */
  readonly recording: Recording | undefined;
  /** What became of the last key, in words; undefined: it can be seen. */
  readonly notice: string | undefined;
}

/** Makes recordings of the samples that come. */
export interface Recorder {
  /** Starts one, and reports on it until `stop`. */
  readonly start: (tell: (news: Action) => void) => void;
  /** Ends it; returns a sentence that says where it is. Undefined if there is none, or it has already ended. */
  readonly stop: () => string | undefined;
  /** Bytes written so far of the one that is being made. */
  readonly bytes: () => number;
}

/** Starts or stops; a recording is not recorded again. */
export function recordingToggled<State extends RecordingState>(state: State): State {
  if (state.replay !== undefined)
    return { ...state, notice: 'This is already a recording; r records live samples only.' };
  if (state.recording !== undefined) return { ...state, recording: undefined };
  return {
    ...state,
    recording: { file: undefined, sinceMs: newestMs(state.latest), bytes: 0 },
  };
}

/** There is a file now, unless the user has stopped it again. */
export function recordingStarted<State extends RecordingState>(state: State, file: string): State {
  const { recording } = state;
  if (recording === undefined) return state;
  return {
    ...state,
    recording: { ...recording, file },
    notice: `Recording to ${file}; r stops it`,
  };
}
