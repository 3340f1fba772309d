import { ParseError } from '../kernel/parse-error.ts';
import type { Plain } from './delta.ts';

/**
 * Limit of what a sample may hold, in about bytes of memory: the largest of the live view, with 2,000 groups of which each
 * changes its owners, has a tenth. Changes add up: without a limit, a small file could fill the memory.
 */
const MOST_WEIGHT = 64e6;

/** Of what was weighed before, which samples share. */
const weighed = new WeakMap<object, number>();

/** Throws a ParseError if a written sample takes too much memory. Only what has changed since the last one is looked at. */
export function checkWeight(written: Plain): void {
  if (weightOf(written) > MOST_WEIGHT)
    throw new ParseError({ file: 'recording', field: 'a sample', got: 'too much' });
}

function weightOf(value: Plain): number {
  if (typeof value === 'string') return 16 + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  const known = weighed.get(value);
  if (known !== undefined) return known;
  let weight = 64;
  if (value instanceof Uint8Array) weight += value.length;
  else if (Array.isArray(value))
    for (const item of value as readonly Plain[]) weight += weightOf(item);
  else for (const [key, item] of Object.entries(value)) weight += 16 + key.length + weightOf(item);
  weighed.set(value, weight);
  return weight;
}
