import type {
  PlaybackRequest,
  ReplayFrame,
  ReplayPosition,
  ReplayStep,
} from '../model/playback.ts';
import type { ModelFeed } from '../store/model-feed.ts';
import type { Replay } from '../store/replay.ts';
import type { ViewStore } from '../store/view-store.ts';

/** A recording in place of a machine. */
export interface ReplaySource {
  /** Where the first sample is. */
  readonly start: ReplayPosition;
  readonly frames: AsyncIterator<ReplayFrame, void>;
  /** Told whenever the user wants something else. */
  readonly want: (request: PlaybackRequest) => void;
  /** What of the recording cannot be read, in a sentence; undefined: nothing that is known of. */
  readonly problem: () => string | undefined;
}

/** Takes what is to be shown of a recording, and tells it what the user wants. `place` is called before each model. */
export async function feedReplay(
  { frames, want, problem }: ReplaySource,
  store: ViewStore,
  feed: ModelFeed,
  place: (step: ReplayStep) => void,
): Promise<void> {
  let told: Replay | undefined;
  store.subscribe(() => {
    const { replay } = store.getState();
    if (replay === undefined || (told !== undefined && isSameRequest(told, replay))) return;
    told = replay;
    want(replay);
  });
  let said: string | undefined;
  const sayProblem = () => {
    const text = problem();
    if (text !== undefined && text !== said) store.dispatch({ type: 'notice', text });
    said = text;
  };
  for (;;) {
    sayProblem();
    const next = await frames.next();
    if (next.done === true) return;
    const { sample, earlier, ...step } = next.value;
    if (earlier !== undefined) {
      const { models } = store.getState();
      for (const model of feed.restart(earlier)) models.push(model);
    }
    place(step);
    feed.show(sample);
  }
}

function isSameRequest(a: PlaybackRequest, b: PlaybackRequest): boolean {
  return a.playing === b.playing && a.speed === b.speed && a.goal === b.goal;
}
