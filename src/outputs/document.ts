import type { Place } from '../kernel/place.ts';

/** A place, as every JSON document has it. */
export function placeDocument({ kind, id, name }: Place) {
  return { kind, id, name };
}

/** A figure of a JSON document with at most so many decimals. */
export function rounded(value: number, decimals = 2): number {
  return Number(value.toFixed(decimals));
}
