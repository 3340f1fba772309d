import type { PlaybackRequest, ReplayFrame, ReplayPlace } from '../model/playback.ts';
import type { Sample } from '../model/sample/sample.ts';
import type { Clock } from '../source/clock.ts';
import type { RecordedSamples } from './samples.ts';
import type { RecordingIndex } from './index-of-members.ts';

/** Shortest time between samples shown; faster ones are skipped, since a screen frame costs more than a sample. */
const FRAME_MS = 450;
/** Where the program was stopped (SIGSTOP) for longer, the recording does not run on meanwhile. */
const LONGEST_NAP_MS = 1000;

/** How far back the samples lie that are read after a jump, in ms: closely at first, and 15 minutes at most. */
const EARLIER_MS = [
  0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000, 90_000, 120_000, 180_000, 240_000, 300_000,
  390_000, 480_000, 600_000, 750_000, 900_000,
];

/** What a key may take, beside the sample that was asked for. */
const LONGEST_LOOK_BACK_MS = 150;

/** Plays a recording at its own pace or as the user controls it. */
export class ReplayPlayer {
  readonly #samples: RecordedSamples;
  readonly #index: RecordingIndex;
  readonly #clock: Clock;
  #request: PlaybackRequest = { playing: true, speed: 1, goal: undefined };
  #wake = new AbortController();

  constructor(samples: RecordedSamples, index: RecordingIndex, clock: Clock) {
    this.#samples = samples;
    this.#index = index;
    this.#clock = clock;
  }

  /** Obeyed from the next moment on. */
  want(request: PlaybackRequest): void {
    this.#request = request;
    this.#wake.abort();
  }

  /** The first sample, and then what is to be shown, until the signal is aborted. Throws SourceError. */
  async *frames(signal: AbortSignal): AsyncGenerator<ReplayFrame, void> {
    let frame = this.#frame(0);
    yield frame;
    let reached: ReplayPlace | undefined;
    let [playedMs, tickMs, nextFrameMs, wasPlaying] = [0, this.#clock.monotonicMs(), 0, false];
    while (!signal.aborted) {
      this.#wake = new AbortController();
      const { playing, speed, goal } = this.#request;
      const nowMs = this.#clock.monotonicMs();
      if (wasPlaying) playedMs += Math.min(nowMs - tickMs, LONGEST_NAP_MS * 2) * speed;
      tickMs = nowMs;
      wasPlaying = playing;
      if (goal !== undefined && goal !== reached) {
        frame = { ...this.#jump(frame.index, goal), goal: (reached = goal) };
        playedMs = frame.elapsedMs;
        yield frame;
      } else if (!playing || frame.isLast) {
        await this.#sleep(LONGEST_NAP_MS, signal);
      } else if (nowMs >= nextFrameMs && this.#index.sampleAt(playedMs) > frame.index) {
        frame = this.#frame(this.#index.sampleAt(playedMs));
        nextFrameMs = nowMs + FRAME_MS;
        yield frame;
      } else {
        const dueMs = (this.#index.elapsedMsOf(frame.index + 1) - playedMs) / speed;
        const napMs = Math.max(1, nextFrameMs - nowMs, dueMs);
        await this.#sleep(Math.min(napMs, LONGEST_NAP_MS), signal);
      }
    }
  }

  /** The last readable sample. Throws SourceError. */
  last(): ReplayFrame {
    return this.#jump(-1, { sample: Infinity });
  }

  #frame(wanted: number): ReplayFrame {
    const { index, sample } = this.#samples.at(wanted);
    const { samples, durationMs } = this.#index;
    const elapsedMs = this.#index.elapsedMsOf(index);
    return { sample, index, elapsedMs, isLast: index >= samples - 1, durationMs };
  }

  #jump(from: number, goal: ReplayPlace): ReplayFrame {
    const { samples } = this.#index;
    const wanted = 'sample' in goal ? goal.sample : this.#index.sampleAt(goal.elapsedMs);
    const to = Math.max(0, Math.min(samples - 1, wanted));
    if (to === from + 1) return this.#frame(to);
    // First, as those that come next are read on from this one.
    const earlier = this.#earlier(to);
    return { ...this.#frame(to), earlier };
  }

  /** Samples before this one, the oldest first; fewer if there are so many groups that it would take long. */
  #earlier(index: number): Sample[] {
    const elapsedMs = this.#index.elapsedMsOf(index);
    const startedMs = this.#clock.monotonicMs();
    const found = new Map<number, Sample>();
    for (const ageMs of EARLIER_MS) {
      const near = this.#samples.near(this.#index.sampleAt(Math.max(0, elapsedMs - ageMs)));
      if (near.index < index) found.set(near.index, near.sample);
      if (this.#clock.monotonicMs() - startedMs > LONGEST_LOOK_BACK_MS) break;
    }
    return [...found.values()].toReversed();
  }

  async #sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    await this.#clock.sleep(durationMs, AbortSignal.any([signal, this.#wake.signal]));
  }
}
