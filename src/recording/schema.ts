import { type ForeignText, printable } from '../kernel/foreign-text.ts';
import { ParseError } from '../kernel/parse-error.ts';

/** Validates a value read from a file, or throws ParseError. `at` names its place for the error. */
export type Schema<Value> = (value: unknown, at: string) => Value;

/** Throws a ParseError that names the place and quotes the value. */
export function refuse(value: unknown, at: string): never {
  const got = typeof value === 'object' && value !== null ? 'something else' : String(value);
  throw new ParseError({ file: 'recording', field: at, got });
}

/** A whole number between these limits, both included. */
export function whole(least: number, most: number): Schema<number> {
  return (value, at) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
      ? notNegativeZero(value as number)
      : refuse(value, at);
}

/** A number between these limits, both included. Infinity is valid only as a limit. */
export function number(least: number, most: number): Schema<number> {
  return (value, at) =>
    typeof value === 'number' && value >= least && value <= most
      ? notNegativeZero(value)
      : refuse(value, at);
}

/** JSON may hold -0, which would be printed so. */
function notNegativeZero(value: number): number {
  return value + 0;
}

export const truth: Schema<boolean> = (value, at) =>
  typeof value === 'boolean' ? value : refuse(value, at);

/** Text of at most `longest` characters. */
export function text(longest: number): Schema<ForeignText> {
  return (value, at) =>
    typeof value === 'string' && value.length <= longest ? value : refuse(value, at);
}

/** Text of at most `longest` characters that is only printed. */
export function sentence(longest: number): Schema<string> {
  const read = text(longest);
  return (value, at) => printable(read(value, at));
}

/** One of these texts. */
export function oneOf<Choice extends string>(choices: readonly Choice[]): Schema<Choice> {
  return (value, at) => choices.find((choice) => choice === value) ?? refuse(value, at);
}

/** Text of at most `most` characters that matches the pattern. */
export function matching(pattern: RegExp, most: number): Schema<string> {
  return (value, at) =>
    typeof value === 'string' && value.length <= most && pattern.test(value)
      ? value
      : refuse(value, at);
}

export function listOf<Item>(item: Schema<Item>, most: number): Schema<Item[]> {
  return (value, at) =>
    Array.isArray(value) && value.length <= most
      ? value.map((each: unknown) => item(each, at))
      : refuse(value, at);
}

/** Undefined, or a value of this shape. */
export function optional<Value>(shape: Schema<Value>): Schema<Value | undefined> {
  return (value, at) => (value === undefined ? undefined : shape(value, at));
}

type Shapes<Value> = { readonly [Key in keyof Value]-?: Schema<Value[Key]> };

/** An object with these keys. Other keys and undefined values are left out. */
export function object<Value extends object>(shapes: Shapes<Value>): Schema<Value> {
  const entries = Object.entries(shapes) as [string, Schema<unknown>][];
  return (value, at) => {
    if (!isRecord(value)) refuse(value, at);
    const read: Record<string, unknown> = {};
    for (const [key, shape] of entries) {
      const item = shape(Object.hasOwn(value, key) ? value[key] : undefined, `${at}.${key}`);
      if (item !== undefined) read[key] = item;
    }
    return read as Value;
  };
}

/** The values of an object with any keys; at most `most`. */
export function valuesOf<Item>(item: Schema<Item>, most: number): Schema<Item[]> {
  return (value, at) => {
    if (!isRecord(value)) refuse(value, at);
    const items = Object.values(value);
    return items.length <= most ? items.map((each) => item(each, at)) : refuse('too many', at);
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  );
}
