import type { GroupModel } from './group-model.ts';
import { isWorse } from './worst.ts';
import type { Model } from './model.ts';
import { modelAsOf, type ModelHistory, NO_HISTORY, withModelKeptIn } from './model-history.ts';
import type { Remainder } from './sample/remainder.ts';
import { fullestFirst } from './sample/tuple-group.ts';

/** The models of all watched places at one moment: one of each place, in the order in which the places came. */
export type PlaceModels = readonly Model[];

/** The history of each place, by the place's id, in the same order. Each has the memory of a `ModelHistory`. */
export type PlaceHistories = ReadonlyMap<string, ModelHistory>;

/** A place that no samples come from now. */
export interface LostPlace {
  /** Undefined: there was never a sample of it. */
  readonly placeId: string | undefined;
  /** The place's name, or the command that leads there; safe to print. */
  readonly name: string;
  /** A sentence, safe to print. */
  readonly reason: string;
}

/** The models with newer ones of some places; new places come last, in their order. */
export function withPlaceModels(models: PlaceModels, newer: readonly Model[]): PlaceModels {
  const byPlace = new Map(models.map((model) => [model.sample.place.id, model]));
  for (const model of newer) byPlace.set(model.sample.place.id, model);
  return [...byPlace.values()];
}

/** The model of the place with this id; undefined: there is none. */
export function modelOfPlace(models: PlaceModels, id: string | undefined): Model | undefined {
  return models.find(({ sample }) => sample.place.id === id);
}

/** The groups of all places; those of each place fullest first. */
export function groupsOf(models: PlaceModels): readonly GroupModel[] {
  return models.flatMap(({ groups }) => groups);
}

/** The smaller groups of all places, in sum. */
export function remainderOf(models: PlaceModels): Pick<Remainder, 'groups' | 'sockets'> {
  const sum = (count: (remainder: Remainder) => number) =>
    models.reduce((total, { sample }) => total + count(sample.remainder), 0);
  return { groups: sum(({ groups }) => groups), sockets: sum(({ sockets }) => sockets) };
}

/** The model of the place that runs out first, or else has the fullest group; undefined: there is no place. */
export function worstPlace(models: PlaceModels): Model | undefined {
  return models.reduce<Model | undefined>(
    (worst, model) => (worst === undefined || isWorseOff(model.worst, worst.worst) ? model : worst),
    undefined,
  );
}

/** The models in that order: the worst place first. */
export function worstPlacesFirst(models: PlaceModels): PlaceModels {
  return models.toSorted(comparePlaces);
}

/** Orders models as `worstPlacesFirst`; 0: neither place is worse off. */
export function comparePlaces({ worst: one }: Model, { worst: other }: Model): number {
  return Number(isWorseOff(other, one)) - Number(isWorseOff(one, other));
}

function isWorseOff(group: GroupModel | undefined, other: GroupModel | undefined): boolean {
  if (group === undefined || other === undefined) return group !== undefined;
  return isWorse(group, other) || (!isWorse(other, group) && fullestFirst(group, other) < 0);
}

/** Unix time in ms of the newest sample; 0: there is none. */
export function newestMs(models: PlaceModels): number {
  return Math.max(0, ...models.map(({ sample }) => sample.takenAtMs));
}

/** What the histories of all places may take together, in bytes. */
const MOST_BYTES = 60_000_000;

/** The histories with newer models in those of their places; with many places, each goes back less far. */
export function withPlaceHistories(
  histories: PlaceHistories,
  newer: readonly Model[],
): PlaceHistories {
  const kept = new Map(histories);
  for (const model of newer) {
    const { id } = model.sample.place;
    const history = kept.get(id) ?? NO_HISTORY;
    const mostBytes = MOST_BYTES / Math.max(1, kept.size);
    kept.set(id, withModelKeptIn(history, model, mostBytes));
  }
  return kept;
}

/**
 * All places at the time of a model that is kept: that model, and of each other place the last one until then.
 * A place that was not watched yet has none.
 */
export function placesAt(histories: PlaceHistories, model: Model): PlaceModels {
  const { place, takenAtMs } = model.sample;
  return [...histories].flatMap(([id, history]) =>
    id === place.id ? model : (modelAsOf(history, takenAtMs) ?? []),
  );
}
