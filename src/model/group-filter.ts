import type { TupleGroup } from './tuple-group.ts';

/**
 * Groups of which every blank-separated word of the expression is in the label
 * (`10.0.3.7 → 10.0.9.21:8080`) or in an owner's name.
 */
export function filterGroups<Group extends TupleGroup>(
  groups: readonly Group[],
  expression: string,
): readonly Group[] {
  const words = expression.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length === 0
    ? groups
    : groups.filter(({ label, owners }) => {
        const texts = [label, ...owners.map(({ command }) => command.toLowerCase())];
        return words.every((word) => texts.some((text) => text.includes(word)));
      });
}
