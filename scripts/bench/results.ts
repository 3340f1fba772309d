import type { LeftOut } from './population-plan.ts';
import type { Machine } from './machine.ts';
import type { FirstFrames, RoundsResult, Usage, Viewer } from './protocol.ts';

/** What a program in a terminal is shown. */
export type Situation = 'idle' | 'still' | 'steady' | 'crowd';

/** All readings of one number of sockets. */
export interface ReadingResult extends RoundsResult {
  readonly sockets: number;
}

export interface ViewerResult {
  readonly situation: Situation;
  readonly viewer: Viewer;
  readonly usage: Usage;
}

export interface FirstFrameResult extends FirstFrames {
  readonly situation: Situation;
}

/** A whole run; parts that were not asked for are empty. */
export interface BenchResults {
  readonly machine: Machine;
  readonly readings: readonly ReadingResult[];
  readonly leftOut: readonly LeftOut[];
  readonly viewers: readonly ViewerResult[];
  readonly firstFrames: readonly FirstFrameResult[];
  /** What was left out besides, a sentence each. */
  readonly notes: readonly string[];
}
