import { printable } from '../../kernel/foreign-text.ts';
import type { Model } from '../model.ts';
import { type TurningPoint, TurningPoints } from './turning-points.ts';

/** Finds the turning points of several places, in models of theirs that follow each other. */
export class PlaceTurns {
  readonly #byPlace = new Map<string, { readonly name: string; readonly turns: TurningPoints }>();

  /** Takes the model of the next sample that is looked at, its number, and whether samples of the place before it are missing. */
  push(model: Model, index: number, isAfterGap = false): void {
    const { id, name } = model.sample.place;
    let place = this.#byPlace.get(id);
    if (place === undefined)
      this.#byPlace.set(id, (place = { name: printable(name), turns: new TurningPoints() }));
    place.turns.push(model, index, isAfterGap);
  }

  /** All points in the order of time; where there are several places, with their names. */
  get points(): readonly TurningPoint[] {
    const places = [...this.#byPlace.values()];
    const [only] = places;
    if (only !== undefined && places.length === 1) return only.turns.points;
    return places
      .flatMap(({ name, turns }) => turns.points.map((point) => ({ ...point, place: name })))
      .toSorted((a, b) => a.index - b.index);
  }
}
