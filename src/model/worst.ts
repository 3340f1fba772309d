import type { GroupModel } from './group-model.ts';
import { isNear, severityRank } from './severity.ts';

/** True for the more severe of two groups, of equals for the one that runs out first, or is refused more. */
export function isWorse(one: GroupModel, other: GroupModel): boolean {
  const rank = ({ severity }: GroupModel) => severityRank(severity);
  const eta = ({ etaSeconds }: GroupModel) => (isNear(etaSeconds) ? etaSeconds : Infinity);
  if (rank(one) !== rank(other)) return rank(one) > rank(other);
  if (eta(one) !== eta(other)) return eta(one) < eta(other);
  return eta(one) <= 0 && refusedPerSecond(one) > refusedPerSecond(other);
}

/**
 * The worst group. Of equals that last long, it is the first, which is the fullest. The worst group of the previous
 * sample stays the worst until another is clearly worse, so that the screen does not change with every sample.
 */
export function worstOf(groups: readonly GroupModel[], keyBefore?: string): GroupModel | undefined {
  const worst = groups.reduce<GroupModel | undefined>(
    (found, group) => (found === undefined || isWorse(group, found) ? group : found),
    undefined,
  );
  const before = groups.find(({ key }) => key === keyBefore);
  return worst === undefined || before === undefined || isClearlyWorse(worst, before)
    ? worst
    : before;
}

/**
 * Clearly worse: out of ports 20 % sooner, half as many refusals again, or one percentage point less headroom. Where hardly any
 * ports are in use, half as many again tell as well: "the fullest group" is not to be one of few connections.
 */
const CLEARLY = { sooner: 0.8, refused: 1.5, headroomPercent: 1, used: 1.5 } as const;

function isClearlyWorse(one: GroupModel, other: GroupModel): boolean {
  if (one.severity !== other.severity) return isWorse(one, other);
  if (isNear(one.etaSeconds) !== isNear(other.etaSeconds)) return isWorse(one, other);
  if (isNear(one.etaSeconds) && isNear(other.etaSeconds)) {
    const isDry = one.etaSeconds <= 0 && other.etaSeconds <= 0;
    return isDry
      ? refusedPerSecond(one) > CLEARLY.refused * refusedPerSecond(other)
      : one.etaSeconds < CLEARLY.sooner * other.etaSeconds;
  }
  if (one.headroomPercentAtLeast >= other.headroomPercentAtLeast) return false;
  return (
    one.headroomPercentAtLeast < other.headroomPercentAtLeast - CLEARLY.headroomPercent ||
    one.used > CLEARLY.used * other.used
  );
}

function refusedPerSecond({ connectFailures }: GroupModel): number {
  return connectFailures?.perSecond ?? 0;
}
