import { printable } from '../../kernel/foreign-text.ts';
import {
  type Comparison,
  type FilterTest,
  type FilterWord,
  NO_OWNER,
  type NumberField,
} from './filter-words.ts';
import type { GroupModel } from '../group-model.ts';
import { mainOwner } from '../sample/owners.ts';

/** The groups for which every word holds. */
export function filterGroups<Group extends GroupModel>(
  groups: readonly Group[],
  words: readonly FilterWord[],
): readonly Group[] {
  return words.length === 0 ? groups : groups.filter(groupPredicate(words));
}

/** True for groups for which every word holds. `parseFilter` describes the words. */
export function groupPredicate(words: readonly FilterWord[]): (group: GroupModel) => boolean {
  const tests = words.map((word) => ({ holds: testOf(word), wanted: !word.negated }));
  return (group) => tests.every(({ holds, wanted }) => holds(group) === wanted);
}

/** The groups that would match if they had another owner, of those whose owners are not all known. */
export function mayMatch<Group extends GroupModel>(
  groups: readonly Group[],
  words: readonly FilterWord[],
): readonly Group[] {
  const others = words.filter(({ kind }) => kind !== 'owner');
  if (others.length === words.length) return [];
  const matched = new Set(filterGroups(groups, words));
  return filterGroups(groups, others).filter(
    (group) => !matched.has(group) && isOwnerUnknown(group),
  );
}

/** TIME_WAIT has no owner: who had it is known only where others of the group are known, or were before. */
function isOwnerUnknown({ owners, unownedSockets, liveUsed }: GroupModel): boolean {
  return unownedSockets > 0 || (owners.length === 0 && liveUsed === 0);
}

function testOf(test: FilterTest): (group: GroupModel) => boolean {
  switch (test.kind) {
    case 'text':
      return ({ label, owners }) =>
        [label, ...owners.map(({ command }) => printable(command))].some((text) =>
          contains(text, test.text),
        );
    case 'address':
      return (group) => {
        const address = test.end === 'dst' ? group.remoteAddress : group.localAddress;
        return test.exact ? address === test.text : address.startsWith(test.text);
      };
    case 'port':
      return ({ remotePort }) => remotePort >= test.from && remotePort <= test.to;
    case 'owner':
      return test.exact
        ? (group) => (mainOwner(group) ?? NO_OWNER) === test.text
        : ({ owners }) => owners.some(({ command }) => contains(printable(command), test.text));
    case 'place':
      return test.exact
        ? ({ place }) => printable(place.name) === test.text
        : ({ place }) => contains(printable(place.name), test.text);
    case 'number':
      return (group) => COMPARE[test.comparison](NUMBER_OF[test.field](group), test.value);
  }
}

const contains = (text: string, lowerCase: string) => text.toLowerCase().includes(lowerCase);

const COMPARE: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '=': (a, b) => a === b,
  '>=': (a, b) => a >= b,
  '>': (a, b) => a > b,
};

/** Values as the table shows them. A group that never runs out compares as later than any time. */
const NUMBER_OF: Readonly<Record<NumberField, (group: GroupModel) => number>> = {
  headroom: ({ headroomPercent }) => headroomPercent,
  free: ({ free }) => free,
  used: ({ used }) => used,
  live: ({ liveUsed }) => liveUsed,
  tw: ({ timeWaitUsed, reusable }) => timeWaitUsed + reusable,
  closes: ({ closeRate }) => closeRate,
  eta: ({ etaSeconds }) => etaSeconds ?? Infinity,
};
