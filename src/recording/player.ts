import type { PlaybackRequest, ReplayFrame, ReplayPlace } from '../model/playback.ts';
import type { Clock } from '../source/clock.ts';
import type { Direction } from './gaps.ts';
import { lookBack } from './look-back.ts';
import { lookBackPlaces } from './look-back-places.ts';
import type { RecordedSamples } from './samples.ts';
import type { RecordingIndex } from './index-of-members.ts';

/** Shortest time between samples shown; faster ones are skipped, since a screen frame costs more than a sample. */
export const FRAME_MS = 450;
/** Where the program was stopped (SIGSTOP) for longer, the recording does not run on meanwhile. */
const LONGEST_NAP_MS = 1000;

/** What a key may take, beside the sample that was asked for. */
const LONGEST_LOOK_BACK_MS = 250;
/** What the last sample of all may take, which nobody waits for at a screen. */
const LONGEST_LAST_MS = 3000;
/** Reading for longer ends when something else is asked for. */
const UNDISTURBED_MS = 300;

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
    let frame = await this.#frame(0, 'later', () => signal.aborted);
    if (frame === undefined) return;
    yield frame;
    let reached: ReplayPlace | undefined;
    let [playedMs, tickMs, nextFrameMs, wasPlaying] = [
      frame.elapsedMs,
      this.#clock.monotonicMs(),
      0,
      false,
    ];
    while (!signal.aborted) {
      this.#wake = new AbortController();
      const { playing, speed, goal } = this.#request;
      const nowMs = this.#clock.monotonicMs();
      const isEnough = this.#isEnough(signal, nowMs);
      if (wasPlaying) playedMs += Math.min(nowMs - tickMs, LONGEST_NAP_MS * 2) * speed;
      tickMs = nowMs;
      wasPlaying = playing;
      // In a gap, the sample before it stays for as long as it lasts.
      const played = this.#index.readable(this.#index.sampleAt(playedMs), 'earlier');
      if (goal !== undefined && goal !== reached) {
        const found = await this.#jump(frame.index, goal, isEnough);
        if (found === undefined) continue;
        frame = { ...found, goal: (reached = goal) };
        playedMs = frame.elapsedMs;
        yield frame;
      } else if (!playing || frame.isLast) {
        await this.#sleep(LONGEST_NAP_MS, signal);
      } else if (nowMs >= nextFrameMs && played > frame.index) {
        const found = await this.#frame(played, 'earlier', isEnough, frame.index);
        nextFrameMs = nowMs + FRAME_MS;
        if (found !== undefined) yield (frame = found);
      } else {
        const next = this.#index.readable(frame.index + 1, 'later');
        const dueMs = (this.#index.elapsedMsOf(next) - playedMs) / speed;
        const napMs = Math.max(1, nextFrameMs - nowMs, dueMs);
        await this.#sleep(Math.min(napMs, LONGEST_NAP_MS), signal);
      }
    }
  }

  /** The last readable sample. Throws SourceError. */
  async last(): Promise<ReplayFrame> {
    const frame = await this.#jump(-1, { sample: Infinity }, () => false, LONGEST_LAST_MS);
    if (frame === undefined) throw new RangeError('nobody asked for anything else');
    return frame;
  }

  /** Whether to stop reading: the view is over, or something else is wanted and it takes long. */
  #isEnough(signal: AbortSignal, sinceMs: number): () => boolean {
    const { signal: wake } = this.#wake;
    return () =>
      signal.aborted || (wake.aborted && this.#clock.monotonicMs() - sinceMs > UNDISTURBED_MS);
  }

  async #frame(
    wanted: number,
    towards: Direction,
    isEnough: () => boolean,
    shown = Infinity,
  ): Promise<ReplayFrame | undefined> {
    const found = await this.#samples.at(wanted, towards, isEnough);
    return found && this.#samples.frameOf(found, shown);
  }

  async #jump(
    from: number,
    goal: ReplayPlace,
    isEnough: () => boolean,
    longestMs = LONGEST_LOOK_BACK_MS,
  ): Promise<ReplayFrame | undefined> {
    const { samples } = this.#index;
    const wanted = 'sample' in goal ? goal.sample : this.#index.sampleAt(goal.elapsedMs);
    const to = Math.max(0, Math.min(samples - 1, wanted));
    const towards = to < from ? 'earlier' : 'later';
    if (to === from + 1) return this.#frame(to, towards, isEnough);
    // First, as those that come next are read on from this one.
    const read = { samples: this.#samples, index: this.#index, clock: this.#clock };
    await this.#samples.near(to, isEnough);
    const look = this.#samples.places > 1 ? lookBackPlaces : lookBack;
    const earlier = await look(read, to, { isEnough, longestMs });
    const frame = await this.#frame(to, towards, isEnough);
    return (
      frame && {
        ...frame,
        earlier: earlier.filter(({ index }) => index < frame.index).map(({ sample }) => sample),
      }
    );
  }

  async #sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    await this.#clock.sleep(durationMs, AbortSignal.any([signal, this.#wake.signal]));
  }
}
