import type { ViewState } from './view-state.ts';

/** Where in a recording, one way or the other: a sample, counted from 0, or ms from its beginning. */
export type ReplayGoal = { readonly sample: number } | { readonly elapsedMs: number };

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

/** A recording on the screen, in place of this machine. */
export interface Replay extends ReplayPosition {
  readonly playing: boolean;
  /** 2: twice as fast as it was recorded. */
  readonly speed: number;
  /** Where the user wants to go; undefined: it is on the screen. */
  readonly goal: ReplayGoal | undefined;
  /** Where the screen has jumped to lately, so that what is missing has not gone. */
  readonly jumpedTo: ReplayGoal | undefined;
}

/** A new model of a recording. */
export interface ReplayStep extends ReplayPosition {
  /** The goal that was reached with it. */
  readonly goal?: ReplayGoal;
}

export function startReplay(position: ReplayPosition): Replay {
  return { ...position, playing: true, speed: 1, goal: undefined, jumpedTo: undefined };
}

/** So fast and so slow. */
const SPEEDS = { slowest: 1 / 8, fastest: 64 };

/** At the end nothing plays any more. */
export function replayStepped(replay: Replay, { goal, ...position }: ReplayStep): Replay {
  return {
    ...replay,
    ...position,
    playing: replay.playing && !position.isLast,
    // Unless another place was asked for meanwhile.
    goal: replay.goal === goal ? undefined : replay.goal,
    jumpedTo: goal ?? replay.jumpedTo,
  };
}

/** Pauses or goes on; from the end, at the beginning. */
export function replayToggled(replay: Replay): Replay {
  if (replay.playing) return { ...replay, playing: false };
  const isOver = replay.isLast && replay.goal === undefined;
  return { ...replay, playing: true, ...(isOver && { goal: { sample: 0 } }) };
}

/** 1 and -1 are one sample, for which it pauses; else ms. */
export function replayMoved(replay: Replay, byMs: number): Replay {
  // Several keys may come before the screen follows the first.
  const { index, elapsedMs, durationMs } = replay;
  const { goal } = replay;
  const isToEnd = goal !== undefined && 'sample' in goal && goal.sample === Infinity;
  const from = { sample: index, elapsedMs: isToEnd ? durationMs : elapsedMs, ...goal };
  if (Math.abs(byMs) === 1)
    return { ...replay, playing: false, goal: { sample: Math.max(0, from.sample + byMs) } };
  return { ...replay, goal: { elapsedMs: clamp(from.elapsedMs + byMs, 0, durationMs) } };
}

/** To the end. */
export function replayEnded(replay: Replay): Replay {
  return { ...replay, goal: { sample: Infinity } };
}

export function replayFaster(replay: Replay, factor: number): Replay {
  return { ...replay, speed: clamp(replay.speed * factor, SPEEDS.slowest, SPEEDS.fastest) };
}

/** How far `{` and `}` go: a tenth of the recording, or of what is kept in memory. */
export function tenthMs({ replay, models }: ViewState): number {
  const times = models.times();
  return (replay?.durationMs ?? (times.at(-1) ?? 0) - (times[0] ?? 0)) / 10;
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
