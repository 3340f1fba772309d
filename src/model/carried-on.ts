import type { GroupModel } from './group-model.ts';
import type { Model } from './model.ts';

/**
 * What a countdown ends at, in seconds: less than one, and more than none. That ports have run out is for a sample to
 * say.
 */
const LEAST_SECONDS = 0.1;

/**
 * A model as its screen reads at a later time (Unix ms) without a newer sample: its clock goes on, and so do its
 * countdowns. All that was counted stays as it was, and `ageMs` says when that was. The same model where the clock has
 * been set back to before its sample.
 */
export function carriedOn(model: Model, nowMs: number): Model {
  const ageMs = nowMs - model.sample.takenAtMs;
  if (ageMs <= 0) return model;
  const groups = model.groups.map((group) => groupAfter(group, ageMs / 1000));
  return {
    ...model,
    ageMs,
    sample: { ...model.sample, takenAtMs: nowMs },
    groups,
    worst: groups.find(({ key }) => key === model.worst?.key),
  };
}

function groupAfter(group: GroupModel, seconds: number): GroupModel {
  const { etaSeconds, etaRangeSeconds } = group;
  if (etaSeconds === null) return group;
  return {
    ...group,
    etaSeconds: secondsLeft(etaSeconds, seconds),
    etaRangeSeconds: etaRangeSeconds && [
      secondsLeft(etaRangeSeconds[0], seconds),
      etaRangeSeconds[1] === null ? null : secondsLeft(etaRangeSeconds[1], seconds),
    ],
  };
}

/** What is left of a countdown that stood at `etaSeconds` so long ago. One that was at its end stays there. */
export function secondsLeft(etaSeconds: number, seconds: number): number {
  return Math.min(etaSeconds, Math.max(LEAST_SECONDS, etaSeconds - seconds));
}
