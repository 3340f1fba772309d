import { printable } from '../kernel/foreign-text.ts';
import type { Place } from '../kernel/place.ts';

/** A name for each place, by its id: its own, with its id behind it where another place has the same. */
export function distinctNames(places: readonly Place[]): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  for (const { name } of places)
    counts.set(printable(name), (counts.get(printable(name)) ?? 0) + 1);
  return new Map(
    places.map(({ id, name }) => {
      const own = printable(name);
      return [id, (counts.get(own) ?? 0) > 1 ? `${own} [${id}]` : own];
    }),
  );
}
