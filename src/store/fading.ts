import { type GroupOrder, sortGroups } from '../model/query/order.ts';
import type { Model } from '../model/model.ts';
import type { GroupModel } from '../model/group-model.ts';
import { groupsOf, newestMs, type PlaceModels } from '../model/places.ts';
import { placeIdOf } from '../model/sample/tuple-label.ts';

/** A group that has gone, with its last values. */
export interface FadingGroup {
  readonly group: GroupModel;
  /** When it was missed first, Unix time in ms. */
  readonly goneAtMs: number;
}

/** How long it stays on the screen. */
const FADING_MS = 5000;
/** Number of groups that may fade at once, fullest first. It is for machines where short-lived groups come and go. */
const MOST_FADING = 20;

/**
 * The fading groups: those of `before`, an earlier model of the same place, that have gone, and those that were fading
 * and have neither come back nor faded out. Groups of other places fade by their own clocks.
 */
export function fadeGroups(
  fading: readonly FadingGroup[],
  before: Model | undefined,
  { sample, groups }: Model,
): readonly FadingGroup[] {
  const nowMs = sample.takenAtMs;
  const present = new Set(groups.map(({ key }) => key));
  const isGone = ({ key }: GroupModel) => !present.has(key);
  // If small groups are summed up, a missing group may still exist.
  const missed = sample.remainder.groups > 0 ? [] : (before?.groups ?? []).filter(isGone);
  const still = fading.filter(
    ({ group, goneAtMs }) =>
      placeIdOf(group.key) !== sample.place.id ||
      (isGone(group) && nowMs >= goneAtMs && nowMs < goneAtMs + FADING_MS),
  );
  return [...still, ...missed.map((group) => ({ group, goneAtMs: nowMs }))].slice(0, MOST_FADING);
}

/**
 * With the groups of places that have gone between two pictures, and without those that have faded out: no sample of
 * their place tells the time any more.
 */
export function fadePlaces(
  fading: readonly FadingGroup[],
  before: PlaceModels,
  latest: PlaceModels,
): readonly FadingGroup[] {
  if (fading.length === 0 && before.length <= latest.length) return fading;
  const nowMs = newestMs(latest);
  const present = new Set(latest.map(({ sample }) => sample.place.id));
  const gone = before.filter(({ sample }) => !present.has(sample.place.id));
  const isFaded = ({ group, goneAtMs }: FadingGroup) =>
    !present.has(group.place.id) && (nowMs < goneAtMs || nowMs >= goneAtMs + FADING_MS);
  if (gone.length === 0 && !fading.some(isFaded)) return fading;
  return [
    ...fading.filter((each) => !isFaded(each)),
    ...groupsOf(gone).map((group) => ({ group, goneAtMs: nowMs })),
  ].slice(0, MOST_FADING);
}

/** Puts what fades where it stood in the last picture, below the same row as then; without one, where it is sorted. */
export function withFading<Group extends GroupModel>(
  groups: readonly Group[],
  fading: readonly Group[],
  previousKeys: readonly string[],
  order: GroupOrder,
): readonly Group[] {
  if (fading.length === 0) return groups;
  if (previousKeys.length === 0) return sortGroups([...groups, ...fading], order);
  const rows = [...groups];
  const rank = (key: string) => previousKeys.indexOf(key);
  for (const group of fading.toSorted((a, b) => rank(a.key) - rank(b.key))) {
    const present = new Set(rows.map(({ key }) => key));
    const above = previousKeys
      .slice(0, Math.max(0, rank(group.key)))
      .findLast((key) => present.has(key));
    const at = rows.findIndex(({ key }) => key === above);
    // The worst of those that are there comes first, all the same.
    rows.splice(Math.max(1, at + 1), 0, group);
  }
  return rows;
}
