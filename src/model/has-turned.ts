import { SYSCTL_NAMES } from '../kernel/sysctl.ts';
import { limitOf } from './limit-memory.ts';
import type { Sample } from './sample/sample.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/**
 * True if something turned between two samples that the ones between them tell of: a group came to its limit or left it,
 * was refused though it had ports in one of them, or a sysctl changed. False if one of them is not known.
 */
export function hasTurned(earlier: Sample | undefined, later: Sample | undefined): boolean {
  if (earlier === undefined || later === undefined) return false;
  if (hasOtherSysctls(earlier, later)) return true;
  const before = new Map(earlier.groups.map((group) => [group.key, group]));
  const has = new Set(later.groups.map(({ key }) => key));
  return (
    later.groups.some((group) => {
      const former = before.get(group.key);
      const [was, is] = [isDry(earlier, former), isDry(later, group)];
      return was !== is || (!is && refusals(group) > refusals(former));
    }) || earlier.groups.some((group) => !has.has(group.key) && isDry(earlier, group))
  );
}

/** True if a sysctl changed between two samples. False if one of them is not known. */
export function hasOtherSysctls(earlier: Sample | undefined, later: Sample | undefined): boolean {
  if (earlier === undefined || later === undefined) return false;
  return SYSCTL_NAMES.some((name) => earlier.sysctls[name] !== later.sysctls[name]);
}

function isDry(sample: Sample, group: TupleGroup | undefined): boolean {
  return group !== undefined && group.free <= limitOf(sample);
}

function refusals(group: TupleGroup | undefined): number {
  return group?.connectFailures?.total ?? 0;
}
