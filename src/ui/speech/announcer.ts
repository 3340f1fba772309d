import type { Model } from '../../model/model.ts';
import type { GroupModel } from '../../model/group-model.ts';

/** Quiet time in ms before other news, by how bad things are: 0 healthy … 3 out of ports. */
const QUIET_MS = [60_000, 20_000, 10_000, 10_000] as const;
/** How long an improvement, or a change to another group, must last before it is news: figures fluctuate. */
const LASTING_MS = 5000;
/** Seconds left from which on the time left is worth saying again. */
const STAGES = [10, 30, 60, 120, 300, 600, 1800, 3600, 86_400];

type Rank = 0 | 1 | 2 | 3;

/** What a listener hears of a verdict; equal ones are not news. */
interface Topic {
  readonly rank: Rank;
  /** Key of the group; undefined: all are healthy, and it does not matter which is the fullest. */
  readonly key: string | undefined;
  /** In STAGES; the lower, the sooner. */
  readonly stage: number;
}

/**
 * Decides when the verdict is said again: at once if it is worse than what was said (warning, critical, out of ports).
 * If it is about another group, or the time left has another order of magnitude, it is said after some quiet, and only
 * if it lasts. Times are those of the models.
 */
export class Announcer {
  #said: Topic = topicOf(undefined);
  #spokeAtMs = -Infinity;
  /** Other news, and since when. */
  #pending: { readonly topic: Topic; readonly sinceMs: number } | undefined;

  /** The verdict of this model was said. */
  said(model: Model): void {
    this.#said = topicOf(model.worst);
    this.#pending = undefined;
    this.spoke(model);
  }

  /** Something else was said while this model was the newest: quiet begins anew. */
  spoke({ sample }: Model): void {
    this.#spokeAtMs = sample.takenAtMs;
  }

  /**
   * Why this model's verdict is worth saying now; undefined: it is not. `busy`: only a worse verdict may interrupt.
   * `pace`: model seconds per second of the listener.
   */
  push(model: Model, busy = false, pace = 1): 'worse' | 'other' | undefined {
    const topic = topicOf(model.worst);
    const nowMs = model.sample.takenAtMs;
    if (topic.rank > this.#said.rank) return 'worse';
    const sinceMs = this.#sinceMs(topic, nowMs);
    if (sinceMs === undefined || busy) return undefined;
    const isSooner = topic.key === this.#said.key && topic.stage < this.#said.stage;
    const hasLasted = isSooner || isPast(nowMs, sinceMs, pace * LASTING_MS);
    return hasLasted && isPast(nowMs, this.#spokeAtMs, pace * QUIET_MS[topic.rank])
      ? 'other'
      : undefined;
  }

  /** Since when this has been news; undefined if it is not. */
  #sinceMs(topic: Topic, nowMs: number): number | undefined {
    if (isSame(topic, this.#said)) this.#pending = undefined;
    else if (this.#pending === undefined || !isSame(topic, this.#pending.topic))
      this.#pending = { topic, sinceMs: nowMs };
    return this.#pending?.sinceMs;
  }
}

function topicOf(worst: GroupModel | undefined): Topic {
  const rank = worst === undefined ? 0 : rankOf(worst);
  const eta = worst?.etaSeconds ?? null;
  const stage = eta === null ? STAGES.length + 1 : STAGES.filter((limit) => eta > limit).length;
  return { rank, key: rank === 0 && eta === null ? undefined : worst?.key, stage };
}

function rankOf({ free, severity }: GroupModel): Rank {
  if (free <= 0) return 3;
  return severity === 'critical' ? 2 : severity === 'warning' ? 1 : 0;
}

function isSame(a: Topic, b: Topic): boolean {
  return a.rank === b.rank && a.key === b.key && a.stage === b.stage;
}

/** True once this many ms have passed since a time; a clock that was set back must not silence ephtop. */
function isPast(nowMs: number, fromMs: number, ms: number): boolean {
  return Math.abs(nowMs - fromMs) >= ms;
}
