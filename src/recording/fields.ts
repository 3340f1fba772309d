import { HIGHEST_PORT } from '../kernel/port-range.ts';
import { TCP_STATES, type TcpState } from '../kernel/tcp-state.ts';
import { LONGEST_TIME_WAIT_SECONDS } from '../model/sample/time-wait.ts';
import type { Plain } from './delta.ts';
import {
  listOf,
  matching,
  number,
  object,
  optional,
  type Schema,
  sentence,
  whole,
} from './schema.ts';

/* Types of the fields of a recorded sample and its groups. */

/** Every field of a value, each as plain data. */
export type Written<Value> = { readonly [Key in keyof Value]-?: Plain };

/** Limit of counts: more than any machine has, and small enough for exact arithmetic. */
export const MOST = 1e12;
export const count = whole(0, MOST);
/** Connections of a group: hardly more than ports, as several devices of procfs are one group. */
export const connectionCount = whole(0, 1e7);
export const port = whole(0, HIGHEST_PORT);
export const ports = listOf(port, HIGHEST_PORT + 1);
/** Unix ms up to the last date that JavaScript knows. */
export const time = number(0, 8.64e15);
export const words = sentence(2000);
export const address = matching(/^[\da-f.:]+$/i, 45);

export const MOST_OWNERS = 10_000;

// May be negative: bind() in other groups may seem to hold more ports than there are.
export const usablePorts = whole(-HIGHEST_PORT, HIGHEST_PORT + 1);

export const schedule = listOf(count, LONGEST_TIME_WAIT_SECONDS);

/** The values of some keys, each of which may be missing. */
export function some<Key extends string, Value>(
  keys: readonly Key[],
  shape: Schema<Value>,
): Schema<Partial<Record<Key, Value>>> {
  const shapes = Object.fromEntries(keys.map((key) => [key, optional(shape)]));
  return object(shapes as never);
}

export const states = some(
  TCP_STATES.filter((state): state is TcpState => state !== undefined),
  count,
);
