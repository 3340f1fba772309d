import type { GroupModel } from '../group-model.ts';
import type { Model } from '../model.ts';
import { SEVERITY_LIMITS } from '../severity.ts';

/** How bad a model is: 0 all is well, 1 a warning, 2 critical, 3 out of ports, or refused. */
export type Level = 0 | 1 | 2 | 3;

/** How bad it is, and the groups that are so bad, the worst first. */
export interface Look {
  readonly level: Level;
  readonly groups: readonly GroupModel[];
}

/** `refused`: the group that was refused since the look before; undefined: none was. */
export function lookAt({ groups }: Pick<Model, 'groups'>, refused: GroupModel | undefined): Look {
  const out = groups.filter(
    (group) => group !== refused && (group.free <= 0 || group.limit?.stage === 'dry'),
  );
  if (refused !== undefined) return { level: 3, groups: [refused, ...out] };
  if (out.length > 0) return { level: 3, groups: out };
  const critical = groups.filter((group) => group.severityNow === 'critical' && !isEcho(group));
  if (critical.length > 0) return { level: 2, groups: critical };
  const warned = groups.filter((group) => group.severityNow === 'warning' && !isEcho(group));
  return { level: warned.length > 0 ? 1 : 0, groups: warned };
}

/** The group that was out of ports before the first sample, but is not in it; undefined: none that is known of. */
export function wasOut({ groups, sample }: Pick<Model, 'groups' | 'sample'>) {
  return groups.find(({ limit }) => limit !== undefined && limit.lastMs < sample.takenAtMs);
}

/** True if nothing but that ports had run out within the last minute makes a group a warning or critical. */
function isEcho(group: GroupModel): boolean {
  const { limit, etaSeconds, judgedHeadroomPercent = group.headroomPercentAtLeast } = group;
  const { usedPercent, etaSeconds: soon } = SEVERITY_LIMITS.warning;
  const isFine = 100 - judgedHeadroomPercent < usedPercent && (etaSeconds ?? Infinity) > soon;
  return limit?.stage === 'recovering' && isFine;
}
