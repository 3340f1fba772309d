import type { Model } from '../../model/model.ts';
import type { GroupModel } from '../../model/group-model.ts';
import { isDry, isRecovering } from '../../format/headroom.ts';
import { isNear } from '../../model/severity.ts';
import { steadyCallRates } from './spoken-group.ts';

/** Quiet time in ms before other news, by how bad things are: 0 healthy … 3 out of ports. */
const QUIET_MS = [60_000, 20_000, 10_000, 10_000] as const;
/** Quiet time in ms before it is said that things are better than what was said last. */
const QUIET_BEFORE_BETTER_MS = 20_000;
/** Rest of a long reading that is waited for, at most: news is not for later. */
const LONGEST_READING_MS = 60_000;
/** How long an improvement, or a change to another group, must last before it is news: figures fluctuate. */
const LASTING_MS = 5000;
/** A shorter time left is over when it has been spoken; that the ports are out is news then. */
const SPOKEN_IN_SECONDS = 8;
/** Seconds left from which on the time left is worth saying again. */
const STAGES = [10, 30, 60, 120, 300, 600, 1800, 3600, 86_400];

type Rank = 0 | 1 | 2 | 3;

/** What a listener hears of a verdict; equal ones are not news. */
interface Topic {
  readonly rank: Rank;
  /** Key of the group; undefined: all are healthy, and it does not matter which is the fullest. */
  readonly key: string | undefined;
  /** In STAGES; the lower, the sooner. Out of ports: whether the rate of refusals is not known yet. */
  readonly stage: number;
}

/** Why a verdict is news: things got worse, or better, or it is about another group or another time left. */
export type News = 'worse' | 'better' | 'other';

/**
 * Decides when the verdict is said again: at once if it is worse than what was said (warning, critical, out of ports).
 * If it is better, about another group, or the time left has another order of magnitude, it is said after some quiet,
 * only if it lasts, and not before all else has been spoken. Times are those of the models.
 */
export class Announcer {
  #said: Topic = topicOf(undefined);
  #spokeAtMs = -Infinity;
  #spokenForMs = 0;
  #saidAtMs = -Infinity;
  /** What has been so for a while since, though it was not said. */
  #unsaid: Topic | undefined;
  /** Other news, and since when. */
  #pending: { readonly topic: Topic; readonly sinceMs: number } | undefined;

  /** The verdict of this model was said, which takes some seconds. */
  said(model: Model, seconds = 0): void {
    this.#said = topicOf(model.worst, model.sample.takenAtMs);
    this.#pending = undefined;
    this.#unsaid = undefined;
    this.#saidAtMs = model.sample.takenAtMs;
    this.spoke(model, seconds);
  }

  /** A key was pressed, which silences whatever is being spoken. */
  silenced(): void {
    this.#spokenForMs = 0;
  }

  /** Something else was said while this model was the newest: quiet begins anew. */
  spoke({ sample }: Model, seconds = 0): void {
    const { takenAtMs } = sample;
    const unspokenMs = Math.max(0, this.#spokeAtMs + this.#spokenForMs - takenAtMs);
    // A clock that was set back says nothing about how much is still to be spoken.
    this.#spokenForMs = seconds * 1000 + (takenAtMs >= this.#spokeAtMs ? unspokenMs : 0);
    this.#spokeAtMs = takenAtMs;
  }

  /** The group that the last verdict was about; undefined: it was about none, or all were healthy. */
  get saidOf(): string | undefined {
    return this.#said.rank === 0 ? undefined : this.#said.key;
  }

  /**
   * Why this model's verdict is worth saying now; undefined: it is not. `busy`: somebody reads, whom only a worse verdict
   * may interrupt, and a better one after a while.
   * `pace`: model seconds per second of the listener.
   */
  push(model: Model, busy = false, pace = 1): News | undefined {
    const nowMs = model.sample.takenAtMs;
    const topic = topicOf(model.worst, nowMs);
    if (topic.rank > this.#said.rank) return 'worse';
    if (this.#isWorseAgain(topic, nowMs, pace)) return 'worse';
    const sinceMs = this.#sinceMs(topic, nowMs);
    if (sinceMs === undefined) return undefined;
    const isLasting = isPast(nowMs, sinceMs, pace * LASTING_MS);
    if (isLasting) this.#unsaid = topic;
    if (isOverWhenSpoken(model.worst)) return undefined;
    const isSooner = topic.key === this.#said.key && topic.stage < this.#said.stage;
    const isBetter = topic.rank < this.#said.rank;
    if (busy && !isBetter) return undefined;
    const spokenForMs = Math.min(this.#spokenForMs, LONGEST_READING_MS);
    const quietMs = Math.max(quietBefore(topic, isBetter, busy), spokenForMs);
    const isQuiet = isPast(nowMs, this.#spokeAtMs, pace * quietMs);
    return (isSooner || isLasting) && isQuiet ? (isBetter ? 'better' : 'other') : undefined;
  }

  /** It is as bad as was said, but it had been better meanwhile: who was not told of that is told of this. */
  #isWorseAgain({ rank }: Topic, nowMs: number, pace: number): boolean {
    const before = this.#unsaid?.rank;
    return (
      before !== undefined && rank > before && isPast(nowMs, this.#saidAtMs, pace * QUIET_MS[rank])
    );
  }

  /** Since when this has been news; undefined if it is not. */
  #sinceMs(topic: Topic, nowMs: number): number | undefined {
    // Figures that pause are none to take back.
    const isLess = topic.rank === 3 && topic.stage > this.#said.stage;
    if (isSame(isLess ? { ...topic, stage: this.#said.stage } : topic, this.#said))
      this.#pending = undefined;
    else if (this.#pending === undefined || !isSame(topic, this.#pending.topic))
      this.#pending = { topic, sinceMs: nowMs };
    return this.#pending?.sinceMs;
  }
}

/** Quiet time in ms before this is said. */
function quietBefore({ rank }: Topic, isBetter: boolean, busy: boolean): number {
  const usualMs = QUIET_MS[rank];
  if (busy) return Math.max(QUIET_BEFORE_BETTER_MS, usualMs);
  return isBetter ? Math.min(QUIET_BEFORE_BETTER_MS, usualMs) : usualMs;
}

function topicOf(worst: GroupModel | undefined, nowMs = 0): Topic {
  // One fact, however much room there is again.
  if (worst !== undefined && isRecovering(worst) && !isNear(worst.etaSeconds))
    return { rank: 2, key: worst.key, stage: STAGES.length + 1 };
  const rank = worst === undefined ? 0 : rankOf(worst);
  const eta = worst?.etaSeconds ?? null;
  // Out of ports is out of ports, whatever is left for a moment.
  if (worst !== undefined && rank === 3)
    return { rank, key: worst.key, stage: Number(steadyCallRates(worst, nowMs) === undefined) };
  const stage = eta === null ? STAGES.length + 1 : STAGES.filter((limit) => eta > limit).length;
  return { rank, key: rank === 0 && eta === null ? undefined : worst?.key, stage };
}

function rankOf(group: GroupModel): Rank {
  if (isDry(group)) return 3;
  const { severity } = group;
  return severity === 'critical' ? 2 : severity === 'warning' ? 1 : 0;
}

/** Its time left, which would be said, is too short for that. */
function isOverWhenSpoken(worst: GroupModel | undefined): boolean {
  const eta = worst?.etaSeconds ?? null;
  return worst !== undefined && !isDry(worst) && eta !== null && eta < SPOKEN_IN_SECONDS;
}

function isSame(a: Topic, b: Topic): boolean {
  return a.rank === b.rank && a.key === b.key && a.stage === b.stage;
}

/** True once this many ms have passed since a time; a clock that was set back must not silence ephtop. */
function isPast(nowMs: number, fromMs: number, ms: number): boolean {
  return Math.abs(nowMs - fromMs) >= ms;
}
