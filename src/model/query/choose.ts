import type { Model } from '../model.ts';
import type { FilterWord } from './filter-words.ts';
import { filterGroups } from './filter.ts';
import { type SortColumn, sortGroups } from './order.ts';

/** The model with only the groups for which all words hold, in this order. */
export function chosenGroups(model: Model, words: readonly FilterWord[], sort: SortColumn): Model {
  return {
    ...model,
    groups: sortGroups(filterGroups(model.groups, words), { column: sort, inverted: false }),
  };
}
