import type { GroupModel } from './group-model.ts';

/** Ports that came free within this time are gone again. */
const LATELY_MS = 3000;

/**
 * Seconds since the last refusal of a group that is as good as out of ports, but has some and refuses nothing just now.
 * Undefined: it is another group.
 */
export function lullSeconds(
  { limit, free, connectFailures }: Pick<GroupModel, 'limit' | 'free' | 'connectFailures'>,
  nowMs: number,
): number | undefined {
  if (limit?.stage !== 'dry' || free <= 0 || limit.refusedWithFree !== undefined) return undefined;
  const refusedNow = connectFailures?.nowPerSecond ?? connectFailures?.perSecond ?? 0;
  const sinceMs = nowMs - limit.lastMs;
  return refusedNow > 0 || sinceMs < LATELY_MS ? undefined : sinceMs / 1000;
}
