import type { Model } from '../model/model.ts';
import { PlaceStreams } from '../model/place-streams.ts';
import type { Sample } from '../model/sample/sample.ts';
import type { ViewClock } from './view-clock.ts';

/** The screen is repainted by itself at most this often; a frame costs more than a sample. */
const PAINT_INTERVAL_MS = 500;
/** The same while only the clock and the drain schedule move. */
const STILL_PAINT_INTERVAL_MS = 1000;
/** Building the models of one picture takes no longer; those left are for the next one. */
const LONGEST_BUILDING_MS = 100;
/** Timers fire a little early or late. */
const TOLERANCE = 0.9;

/** What the screen has got of a place. */
interface Shown {
  readonly seen: string;
  readonly atMs: number;
}

/** Turns samples into models for the screen, at the pace at which a screen is worth repainting. */
export class ModelFeed {
  readonly #show: (model: Model, others: readonly Model[]) => void;
  readonly #build: (build: () => Model) => Model;
  readonly #clock: ViewClock | undefined;
  readonly #streams = new PlaceStreams();
  readonly #shown = new Map<string, Shown>();
  /** Of the places of which a sample has come since the last picture. */
  readonly #waiting = new Map<string, () => Model>();
  #paintedMs = -Infinity;
  #endTimer: (() => void) | undefined;

  /**
   * `show` gets each model that the screen should take; of several places, those that came at the same time. `build` has
   * them built, and may measure that. Without a clock, the time is that of the newest sample.
   */
  constructor(
    show: (model: Model, others: readonly Model[]) => void,
    build: (build: () => Model) => Model = (buildNow) => buildNow(),
    clock?: ViewClock,
  ) {
    this.#show = show;
    this.#build = build;
    this.#clock = clock;
  }

  push(sample: Sample): void {
    const { id } = sample.place;
    const build = this.#streams.take(sample);
    if (this.#streams.size === 1) {
      const model = this.#newsOf(id, build, sample.takenAtMs, PAINT_INTERVAL_MS);
      if (model !== undefined) this.#show(model, []);
      return;
    }
    this.#waiting.set(id, build);
    const nowMs = this.#now(sample.takenAtMs);
    const sinceMs = nowMs - this.#paintedMs;
    // A clock set back must not stop the screen.
    if (sinceMs < 0 || sinceMs >= PAINT_INTERVAL_MS * TOLERANCE) return this.#paint(nowMs);
    this.#paintIn(PAINT_INTERVAL_MS - sinceMs, nowMs);
  }

  /** Forgets a place that there is no more. */
  forget(placeId: string): void {
    this.#streams.forget(placeId);
    this.#shown.delete(placeId);
    this.#waiting.delete(placeId);
  }

  /** Forgets all places but these. */
  keepOnly(placeIds: ReadonlySet<string>): void {
    for (const id of this.#shown.keys()) if (!placeIds.has(id)) this.forget(id);
    for (const id of this.#waiting.keys()) if (!placeIds.has(id)) this.forget(id);
  }

  /** Shows nothing more. */
  stop(): void {
    this.#endTimer?.();
    this.#waiting.clear();
  }

  #now(sampleMs: number): number {
    return this.#clock?.nowMs() ?? sampleMs;
  }

  #paintIn(delayMs: number, nowMs: number): void {
    this.#endTimer ??= this.#clock?.after(delayMs, () => this.#paint(this.#now(nowMs)));
  }

  /** Shows what has come of several places since the last picture, all at once. */
  #paint(nowMs: number): void {
    this.#endTimer?.();
    this.#endTimer = undefined;
    const models: Model[] = [];
    for (const [id, build] of this.#waiting) {
      // Keys are not to wait for hundreds of them.
      if (this.#now(nowMs) - nowMs >= LONGEST_BUILDING_MS) break;
      this.#waiting.delete(id);
      const model = this.#newsOf(id, build, nowMs, 0);
      if (model !== undefined) models.push(model);
    }
    const [first, ...others] = models;
    this.#paintedMs = nowMs;
    if (this.#waiting.size > 0) this.#paintIn(PAINT_INTERVAL_MS, nowMs);
    if (first !== undefined) this.#show(first, others);
  }

  /** The model, if the screen should take it now: it differs from what is shown, or has been shown for a while. */
  #newsOf(id: string, build: () => Model, nowMs: number, leastMs: number): Model | undefined {
    const { seen: before, atMs } = this.#shown.get(id) ?? NOT_SHOWN;
    const sinceMs = nowMs - atMs;
    const isPast = sinceMs < 0;
    if (!isPast && sinceMs < leastMs * TOLERANCE) return undefined;
    const model = this.#build(build);
    const seen = whatIsSeen(model);
    const isStill = seen === before && sinceMs < STILL_PAINT_INTERVAL_MS * TOLERANCE;
    if (!isPast && isStill) return undefined;
    this.#shown.set(id, { seen, atMs: nowMs });
    return model;
  }
}

const NOT_SHOWN: Shown = { seen: '', atMs: -Infinity };

/** All of a model that a reader would notice, as exactly as the screen shows it. */
function whatIsSeen({ sample, groups, opensPerSecond = 0 }: Model): string {
  const { portSpace, sysctls, sampling, byState } = sample;
  return JSON.stringify([
    portSpace,
    sysctls,
    sampling.warnings,
    sampling.pacing?.intervalMs,
    byState,
    opensPerSecond.toPrecision(2),
    groups.map((group) => [
      group.key,
      group.usable,
      group.used,
      group.liveUsed,
      group.reusable,
      group.closeRate.toPrecision(2),
      Math.floor(group.etaSeconds ?? -1),
    ]),
  ]);
}
