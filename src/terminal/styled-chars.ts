import {
  type AnsiCode,
  ansiCodesToString,
  diffAnsiCodes,
  type StyledChar,
  styledCharsFromTokens as charsFromTokens,
  type Token,
  tokenize as tokensOf,
} from '@alcalzone/ansi-tokenize';

/*
 * Ink takes each text of a frame apart into cells, lays them over each other, and makes lines of them, with
 * @alcalzone/ansi-tokenize. Nearly all texts of a frame stood in the one before, and its few styles follow each other in
 * the same few ways. The build puts these functions, which remember both, in the place of that package's: they make 1 MB of
 * garbage less for each frame of 120x40.
 */

/** Several frames, each of which has a few dozen; then all is forgotten. 2 MB. */
const MOST_TEXTS = 250;
const MOST_STYLES = 250;

const textTokens = new Map<string, Token[]>();
const tokenChars = new WeakMap<Token[], StyledChar[]>();
/** Each combination of styles that has occurred, by its codes. */
const styleLists = new Map<string, AnsiCode[]>();
/** The codes that lead from one of those to another. */
const transitions = new WeakMap<AnsiCode[], WeakMap<AnsiCode[], string>>();

const PLAIN: AnsiCode[] = [];

/** The package's function. What it returns is shared, and must not be changed; Ink does not. */
export function tokenize(text: string, endChar?: number): Token[] {
  if (endChar !== undefined) return tokensOf(text, endChar);
  const known = textTokens.get(text);
  if (known !== undefined) return known;
  if (textTokens.size >= MOST_TEXTS) textTokens.clear();
  const tokens = tokensOf(text);
  textTokens.set(text, tokens);
  return tokens;
}

/** The package's function; equal styles are one list. As with `tokenize`, what it returns is shared. */
export function styledCharsFromTokens(tokens: Token[]): StyledChar[] {
  const known = tokenChars.get(tokens);
  if (known !== undefined) return known;
  const chars = charsFromTokens(tokens);
  for (const char of chars) char.styles = sharedStyles(char.styles);
  tokenChars.set(tokens, chars);
  return chars;
}

/** The package's function. */
export function styledCharsToString(chars: readonly StyledChar[]): string {
  let text = '';
  let styles = PLAIN;
  for (const char of chars) {
    const next = char.styles.length === 0 ? PLAIN : char.styles;
    if (next !== styles) text += transition(styles, next);
    text += char.value;
    styles = next;
  }
  return styles === PLAIN ? text : text + transition(styles, PLAIN);
}

function sharedStyles(styles: AnsiCode[]): AnsiCode[] {
  if (styles.length === 0) return PLAIN;
  const codes = styles.map(({ code }) => code).join('');
  const shared = styleLists.get(codes);
  if (shared !== undefined) return shared;
  if (styleLists.size >= MOST_STYLES) styleLists.clear();
  styleLists.set(codes, styles);
  return styles;
}

function transition(from: AnsiCode[], to: AnsiCode[]): string {
  let known = transitions.get(from);
  if (known === undefined) transitions.set(from, (known = new WeakMap()));
  let codes = known.get(to);
  if (codes === undefined) known.set(to, (codes = ansiCodesToString(diffAnsiCodes(from, to))));
  return codes;
}
