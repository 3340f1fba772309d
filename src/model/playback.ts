import type { TurningPoint } from './report/turning-points.ts';
import type { Sample } from './sample/sample.ts';

/** A place in a recording: a sample, counted from 0, or a time in ms from its beginning. */
export type ReplayPlace = { readonly sample: number } | { readonly elapsedMs: number };

/** Where a recording is that is looked at. */
export interface ReplayPosition {
  /** The sample on the screen, from 0. */
  readonly index: number;
  /** When it was taken, in ms from the beginning of the recording. */
  readonly elapsedMs: number;
  /** How long the recording is, as far as it can be read. */
  readonly durationMs: number;
  readonly isLast: boolean;
}

/** The next sample of a recording to show, without the sample. */
export interface ReplayStep extends ReplayPosition {
  /** The goal that was reached with it. */
  readonly goal?: ReplayPlace;
}

/** What to show now. */
export interface ReplayFrame extends ReplayStep {
  readonly sample: Sample;
  /** The newest of the other places that were recorded since the frame before. */
  readonly others?: readonly Sample[];
  /** After a jump: earlier samples, the oldest first, to tell rates and courses from. */
  readonly earlier?: readonly Sample[];
}

/** What the user wants of the player. */
export interface PlaybackRequest {
  readonly playing: boolean;
  /** 2: twice as fast as it was recorded. */
  readonly speed: number;
  /** Where to go; the same value again is no new request. */
  readonly goal: ReplayPlace | undefined;
}

/** A turning point, and where it is in the recording. */
export interface Turn extends TurningPoint {
  /** In ms from the beginning of the recording. */
  readonly elapsedMs: number;
}

/** The turning points that were found so far. */
export interface Turns {
  /** In the order of time. */
  readonly points: readonly Turn[];
  /** Share of the recording that was looked through, 0–1. */
  readonly share: number;
}
