import type { Model } from '../model/model.ts';
import { PlaceStreams } from '../model/place-streams.ts';
import type {
  PlaybackRequest,
  ReplayFrame,
  ReplayPosition,
  ReplayStep,
  Turns,
} from '../model/playback.ts';
import type { Sample } from '../model/sample/sample.ts';

/** A recording instead of a machine. */
export interface ReplaySource {
  /** Where the first sample is. */
  readonly start: ReplayPosition;
  readonly frames: AsyncIterator<ReplayFrame, void>;
  /** Called whenever the user wants something else. */
  readonly want: (request: PlaybackRequest) => void;
  /** The turning points as they are found; left out: they are not looked for. */
  readonly turns?: AsyncIterable<Turns> | undefined;
  /** A sentence on the part of the recording that cannot be read; undefined if none is known. */
  readonly problem: () => string | undefined;
}

/** Where the frames of a recording go. */
export interface ReplayTarget {
  /** Gets each frame's model; after a jump, with those of earlier samples, the oldest first; with the newest of other places. */
  readonly show: (
    model: Model,
    step: ReplayStep,
    earlier?: readonly Model[],
    others?: readonly Model[],
  ) => void;
  /** Gets what cannot be read, whenever that is another problem. */
  readonly say: (text: string) => void;
}

/** Passes on what is to be shown of a recording, after its `first` sample, until it is over. */
export async function feedReplay(
  { frames, problem }: ReplaySource,
  first: Sample,
  { show, say }: ReplayTarget,
): Promise<void> {
  let stream = new PlaceStreams();
  stream.next(first);
  let said: string | undefined;
  const sayProblem = () => {
    const text = problem();
    if (text !== undefined && text !== said) say(text);
    said = text;
  };
  for (;;) {
    sayProblem();
    const next = await frames.next();
    if (next.done === true) return;
    const { sample, others, earlier, ...step } = next.value;
    // After a jump, rates come from the samples before the target.
    if (earlier !== undefined) stream = new PlaceStreams();
    const models = earlier?.map((before) => stream.next(before));
    const beside = others?.map((other) => stream.next(other));
    show(stream.next(sample), step, models, beside);
  }
}

/** Passes on the turning points of a recording as they are found. */
export async function feedTurns(
  { turns }: Pick<ReplaySource, 'turns'>,
  show: (turns: Turns) => void,
): Promise<void> {
  if (turns !== undefined) for await (const found of turns) show(found);
}
