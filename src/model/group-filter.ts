import type { TupleGroup } from './tuple-group.ts';

/** Groups whose label (`10.0.3.7 → 10.0.9.21:8080`) holds every blank-separated word of the expression. */
export function filterGroups<Group extends TupleGroup>(
  groups: readonly Group[],
  expression: string,
): readonly Group[] {
  const words = expression.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length === 0
    ? groups
    : groups.filter(({ label }) => words.every((word) => label.includes(word)));
}
