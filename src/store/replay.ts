import { historyTimes } from '../model/model-history.ts';
import type { PlaceHistories } from '../model/places.ts';
import type {
  PlaybackRequest,
  ReplayPlace,
  ReplayPosition,
  ReplayStep,
  Turn,
  Turns,
} from '../model/playback.ts';

/** A recording on the screen, instead of this machine. */
export interface Replay extends ReplayPosition, PlaybackRequest {
  /** Where the screen has jumped to lately, so that what is missing has not gone. */
  readonly jumpedTo: ReplayPlace | undefined;
  /** The turning points found so far. */
  readonly turns: Turns;
}

/** The part of the view's state that a recording is looked at by. */
export interface ReplayState {
  /** The recording that is looked at, of which `latest` is one sample; undefined: it is a live view. */
  readonly replay: Replay | undefined;
  /** What was seen before, and can be gone back to; it goes on growing, whatever is on the screen. */
  readonly history: PlaceHistories;
}

export function startReplay(position: ReplayPosition): Replay {
  const turns = { points: [], share: 0 };
  return { ...position, playing: true, speed: 1, goal: undefined, jumpedTo: undefined, turns };
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

/** To the next turning point (1) or the previous one (-1), and which these are; none: it stays. */
export function replayTurned(
  replay: Replay,
  by: -1 | 1,
): { readonly replay: Replay; readonly reached: readonly Turn[] } {
  const { goal, index, turns } = replay;
  // Several keys may come before the screen follows the first.
  const from = goal !== undefined && 'sample' in goal ? goal.sample : index;
  const ahead = turns.points.filter((turn) => (by > 0 ? turn.index > from : turn.index < from));
  const sample = by > 0 ? ahead[0]?.index : ahead.at(-1)?.index;
  if (sample === undefined) return { replay, reached: [] };
  const reached = ahead.filter((turn) => turn.index === sample);
  return { replay: { ...replay, playing: false, goal: { sample } }, reached };
}

/** To the end. */
export function replayEnded(replay: Replay): Replay {
  return { ...replay, goal: { sample: Infinity } };
}

export function replayFaster(replay: Replay, factor: number): Replay {
  return { ...replay, speed: clamp(replay.speed * factor, SPEEDS.slowest, SPEEDS.fastest) };
}

/** True if the player has nothing new to do. Goals are compared by identity. */
export function isSameRequest(
  before: PlaybackRequest | undefined,
  after: PlaybackRequest,
): boolean {
  return (
    before !== undefined &&
    before.playing === after.playing &&
    before.speed === after.speed &&
    before.goal === after.goal
  );
}

/** How far `{` and `}` go: a tenth of the recording, or of what is kept in memory. */
export function tenthMs({ replay, history }: ReplayState): number {
  const times = [...history.values()].flatMap(historyTimes);
  const keptMs = times.length === 0 ? 0 : Math.max(...times) - Math.min(...times);
  return (replay?.durationMs ?? keptMs) / 10;
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
