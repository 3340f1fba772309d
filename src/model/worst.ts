import type { GroupModel } from './group-model.ts';
import { isNear, SEVERITIES } from './severity.ts';

/** True for the more severe of two groups, or of equals for the one that runs out first. */
export function isWorse(one: GroupModel, other: GroupModel): boolean {
  const rank = ({ severity }: GroupModel) => SEVERITIES.indexOf(severity);
  const eta = ({ etaSeconds }: GroupModel) => (isNear(etaSeconds) ? etaSeconds : Infinity);
  return rank(one) > rank(other) || (rank(one) === rank(other) && eta(one) < eta(other));
}

/** The worst group; of equals that last for long the first, which is the fullest. */
export function worstOf(groups: readonly GroupModel[]): GroupModel | undefined {
  return groups.reduce<GroupModel | undefined>(
    (worst, group) => (worst === undefined || isWorse(group, worst) ? group : worst),
    undefined,
  );
}
