import type { ForeignText } from '../kernel/foreign-text.ts';
import { ParseError } from '../kernel/parse-error.ts';

/** Data that can be written: JSON values, infinite numbers and NaN, and bytes. `undefined` means absent. */
export type Plain =
  | ForeignText
  | number
  | boolean
  | null
  | undefined
  | Uint8Array
  | readonly Plain[]
  | PlainObject;

export interface PlainObject {
  readonly [key: string]: Plain;
}

/**
 * A JSON value. A change is written as one of:
 *   12, "text", true, null    the new value
 *   [0, -3, 1]                a difference for each number of a list
 *   { "@": [6, 1, 0, -1] }    bytes: number of bytes to skip, difference of the next one, and so on
 *   { "=": value }            the new list, bytes or object
 *   { "+": { key: change }, "-": ["key"] }    changed keys of an object, and removed ones
 * A value that JSON lacks is { "$bytes": base64 } or { "$number": "Infinity" }.
 */
export type Json = ForeignText | number | boolean | null | Json[] | { [key: string]: Json };

/** The change from one value to another; undefined: they are equal. */
export function changeOf(before: Plain, now: Plain): Json | undefined {
  if (isSame(before, now)) return undefined;
  if (isObject(before) && isObject(now)) return objectChange(before, now);
  if (isNumberList(before) && isNumberList(now) && before.length === now.length)
    return listChange(before, now);
  if (isList(before) && isList(now) && isSameList(before, now)) return undefined;
  const bytes = bytesChange(before, now);
  if (bytes !== undefined) return bytes;
  const written = writeDown(now);
  return typeof written === 'object' && written !== null ? { '=': written } : written;
}

/** The value after a change. Unchanged parts are shared with `before`. Throws ParseError if the change does not fit. */
export function withChange(before: Plain, change: unknown): Plain {
  if (Array.isArray(change)) return withListChange(before, change);
  if (typeof change !== 'object' || change === null) return readBack(change);
  if ('=' in change) return readBack(change['=']);
  if ('@' in change) return withBytesChange(before, change['@']);
  const { '+': changed = {}, '-': gone = [] } = change as Readonly<Record<string, unknown>>;
  if (!isObject(before) || !isRecord(changed) || !Array.isArray(gone)) wrong(change);
  return withObjectChange(before, changed, gone);
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

function isObject(value: Plain): value is PlainObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Limit for differences: those of larger numbers might not be exact. */
const LARGEST = 2 ** 40;

function isNumberList(value: Plain): value is readonly number[] {
  return (
    isList(value) &&
    value.every((item) => Number.isInteger(item) && Math.abs(item as number) <= LARGEST)
  );
}

function isSame(before: Plain, now: Plain): boolean {
  return (
    Object.is(before, now) ||
    (before instanceof Uint8Array &&
      now instanceof Uint8Array &&
      before.length === now.length &&
      before.every((byte, index) => byte === now[index]))
  );
}

function isSameList(before: readonly Plain[], now: readonly Plain[]): boolean {
  return (
    before.length === now.length &&
    now.every((item, index) => changeOf(before[index], item) === undefined)
  );
}

function listChange(before: readonly number[], now: readonly number[]): Json | undefined {
  const more = now.map((item, index) => item - (before[index] ?? 0));
  return more.some((difference) => difference !== 0) ? more : undefined;
}

/** If more than one byte in this many has changed, writing all bytes is shorter. */
const FEW_BYTES = 4;

/** The change of bytes; undefined if it is not shorter than the bytes, or the values are not bytes of equal length. */
function bytesChange(before: Plain, now: Plain): Json | undefined {
  if (!(before instanceof Uint8Array && now instanceof Uint8Array)) return undefined;
  if (before.length !== now.length) return undefined;
  const changed: number[] = [];
  let next = 0;
  for (let index = 0; index < now.length; index++) {
    const difference = (now[index] ?? 0) - (before[index] ?? 0);
    if (difference === 0) continue;
    changed.push(index - next, difference);
    next = index + 1;
  }
  return changed.length / 2 > now.length / FEW_BYTES ? undefined : { '@': changed };
}

function objectChange(before: PlainObject, now: PlainObject): Json | undefined {
  const changed: [string, Json][] = [];
  for (const key of Object.keys(now)) {
    const change = changeOf(Object.hasOwn(before, key) ? before[key] : undefined, now[key]);
    if (change !== undefined && now[key] !== undefined) changed.push([key, change]);
  }
  const isThere = (object: PlainObject, key: string) =>
    Object.hasOwn(object, key) && object[key] !== undefined;
  const gone = Object.keys(before).filter((key) => isThere(before, key) && !isThere(now, key));
  if (changed.length === 0 && gone.length === 0) return undefined;
  return {
    ...(changed.length > 0 && { '+': Object.fromEntries(changed) }),
    ...(gone.length > 0 && { '-': gone }),
  };
}

/** A value as JSON. Undefined fields are left out. */
function writeDown(value: Plain): Json {
  if (typeof value === 'number') return Number.isFinite(value) ? value : { $number: String(value) };
  if (typeof value !== 'object' || value === null) return value ?? null;
  if (value instanceof Uint8Array)
    return {
      $bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64'),
    };
  if (isList(value)) return value.map(writeDown);
  const there = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(there.map(([key, item]) => [key, writeDown(item)]));
}

/** More levels than any sample has. Without a limit, a file could overflow the stack. */
const DEEPEST = 12;

function readBack(value: unknown, depth = 0): Plain {
  if (typeof value !== 'object' || value === null) return value as Plain;
  if (depth > DEEPEST) wrong(value);
  if (Array.isArray(value)) return value.map((item) => readBack(item, depth + 1));
  const { $bytes, $number } = value as Readonly<Record<string, unknown>>;
  if (typeof $bytes === 'string') return new Uint8Array(Buffer.from($bytes, 'base64'));
  if (typeof $number === 'string') return Number($number);
  // fromEntries, because an assignment to "__proto__" would set the prototype.
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, readBack(item, depth + 1)]),
  );
}

function withListChange(before: Plain, more: readonly unknown[]): Plain {
  if (!isNumberList(before) || before.length !== more.length) wrong(more);
  return before.map((item, index) => {
    const difference = more[index];
    return typeof difference === 'number' ? item + difference : wrong(more);
  });
}

function withBytesChange(before: Plain, changed: unknown): Plain {
  if (!(before instanceof Uint8Array) || !Array.isArray(changed)) wrong(changed);
  const bytes = before.slice();
  let at = 0;
  for (let index = 0; index < changed.length; index += 2) {
    const [skipped, difference] = [changed[index], changed[index + 1]] as unknown[];
    if (!isWhole(skipped) || !isWhole(difference) || skipped < 0) wrong(changed);
    at += skipped;
    const byte = (bytes[at] ?? -Infinity) + difference;
    if (byte < 0 || byte > 255) wrong(changed);
    bytes[at++] = byte;
  }
  return bytes;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function withObjectChange(
  before: PlainObject,
  changed: Readonly<Record<string, unknown>>,
  gone: readonly unknown[],
): Plain {
  const next: Record<string, Plain> = { ...before };
  for (const key of gone) delete next[String(key)];
  for (const [key, change] of Object.entries(changed)) {
    // An assignment would set the prototype.
    if (key === '__proto__') wrong(key);
    next[key] = withChange(Object.hasOwn(before, key) ? before[key] : undefined, change);
  }
  return next;
}

/** Throws a ParseError that names only the type: the value may be large and deep. */
function wrong(change: unknown): never {
  throw new ParseError({
    file: 'recording',
    field: 'a change',
    got: Array.isArray(change) ? 'a list' : typeof change,
  });
}
