import type { GroupModel } from './group-model.ts';
import { isWorse } from './worst.ts';
import type { Model } from './model.ts';
import { modelAsOf, type ModelHistory, NO_HISTORY, withModelKept } from './model-history.ts';
import type { Remainder } from './sample/remainder.ts';
import { fullestFirst } from './sample/tuple-group.ts';

/** The models of all watched places at one moment: one of each place, in the order in which the places came. */
export type PlaceModels = readonly Model[];

/** The history of each place, by the place's id, in the same order. Each has the memory of a `ModelHistory`. */
export type PlaceHistories = ReadonlyMap<string, ModelHistory>;

/** The models with a newer one of its place; a new place comes last. */
export function withPlaceModel(models: PlaceModels, model: Model): PlaceModels {
  const { id } = model.sample.place;
  return modelOfPlace(models, id) === undefined
    ? [...models, model]
    : models.map((other) => (other.sample.place.id === id ? model : other));
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

function isWorseOff(group: GroupModel | undefined, other: GroupModel | undefined): boolean {
  if (group === undefined || other === undefined) return group !== undefined;
  return isWorse(group, other) || (!isWorse(other, group) && fullestFirst(group, other) < 0);
}

/** Unix time in ms of the newest sample; 0: there is none. */
export function newestMs(models: PlaceModels): number {
  return Math.max(0, ...models.map(({ sample }) => sample.takenAtMs));
}

/** The histories with a newer model in that of its place. */
export function withPlaceHistory(histories: PlaceHistories, model: Model): PlaceHistories {
  const { id } = model.sample.place;
  const history = histories.get(id) ?? NO_HISTORY;
  return new Map([...histories, [id, withModelKept(history, model)]]);
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
