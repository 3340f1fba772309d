import type { GroupModel } from '../group-model.ts';
import type { Sample } from '../sample/sample.ts';
import { type ReuseRule, reuseRule } from '../sample/time-wait.ts';
import type { TupleGroup } from '../sample/tuple-group.ts';
import { portsInAMinute } from '../wanted-ports.ts';
import { changedGroup, changedPorts } from './changed-group.ts';
import { scaleOf, type WhatIf } from './changes.ts';

/** Headroom in percent of a group one minute after changes, if its demand continues. `rule`: that after the changes. */
export function headroomInAMinute(
  sample: Sample,
  group: GroupModel,
  changes: WhatIf,
  rule: ReuseRule = ruleUnder(changes, sample),
): number {
  return groupInAMinute(sample, group, changes, rule).headroomPercent;
}

/** The group as it is then. */
export function groupInAMinute(
  sample: Sample,
  group: GroupModel,
  changes: WhatIf,
  rule: ReuseRule = ruleUnder(changes, sample),
): TupleGroup {
  const change = { ...changedPorts(sample, changes.range), rule, scale: scaleOf(changes) };
  return changedGroup({ ...group, ...portsInAMinute(group) }, change);
}

/**
 * Headroom in percent of a group right after changes. The kernel obeys its sysctls at once; what programs do
 * differently shows only as present connections come to an end.
 */
export function headroomAtOnce(sample: Sample, group: GroupModel, changes: WhatIf): number {
  const rule = ruleUnder(changes, sample);
  const change = { ...changedPorts(sample, changes.range), rule, scale: scaleOf({}) };
  return changedGroup(group, change).headroomPercent;
}

/** The reuse rule after changes. */
export function ruleUnder(changes: WhatIf, { sysctls }: Sample): ReuseRule {
  return reuseRule(
    changes.reuse === undefined
      ? sysctls
      : { ...sysctls, 'net.ipv4.tcp_tw_reuse': `${changes.reuse}` },
  );
}
