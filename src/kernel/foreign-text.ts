declare const foreign: unique symbol;

/** Never exists: what makes the compiler refuse a text in a template, in JSX and wherever a string is expected. */
type Unprintable = { readonly [foreign]: true; toString(): ForeignText } & symbol;

/**
 * Text that somebody else wrote: a process, a name server, a file, a recording. At run time it is a string. To the
 * compiler it may be a symbol too, which cannot become part of a text, so that only `printable` makes it one. Any string
 * may be treated as foreign text, never the other way round.
 */
export type ForeignText = string | Unprintable;

/** True for a type that may be foreign text, other than `unknown`. */
type IsForeign<Value> = unknown extends Value ? false : Unprintable extends Value ? true : false;

// The standard library takes anything here: what these make of foreign text is foreign as well.
declare global {
  interface StringConstructor {
    <Value>(value: Value): IsForeign<Value> extends true ? ForeignText : string;
  }
  interface Array<T> {
    join(this: IsForeign<T> extends true ? T[] : never, separator?: string): ForeignText;
  }
  interface ReadonlyArray<T> {
    join(this: IsForeign<T> extends true ? readonly T[] : never, separator?: string): ForeignText;
  }
}

/**
 * Characters that cannot be seen: control characters (C0, DEL, C1), which steer the terminal; bidirectional and
 * zero-width ones, which disguise text; separators of lines; halves of characters; skin tones, which some terminals lay over
 * the character before and others beside it.
 */
const INVISIBLE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Emoji_Modifier}]/gu;

/** The only way to print foreign text: what cannot be seen becomes \xNN or \u{NNNN}. */
export function printable(text: ForeignText): string {
  return rawText(text).replace(INVISIBLE, escapedCharacter);
}

/** `\xe9`, `\u{4e2d}`: a character as `printable` writes those that cannot be seen. */
export function escapedCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u{${code.toString(16)}}`;
}

/** The text itself, to parse or to compare. The linter keeps it from what prints (oxlint.config.ts). */
export function rawText(text: ForeignText): string {
  return text as string;
}

/** A value as JSON, safe to print: what cannot be seen is written as \uNNNN and parses to the same text. */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(INVISIBLE, (character) =>
    // Line ends within texts are escaped already; these are between them.
    character === '\n' ? character : character.split('').map(escapedUnit).join(''),
  );
}

/** `\u00e9`: one UTF-16 code unit as JSON may write it. */
export function escapedUnit(unit: string): string {
  return `\\u${hex(unit.charCodeAt(0), 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
