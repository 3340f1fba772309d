import {
  type AnsiCode,
  ansiCodesToString,
  diffAnsiCodes,
  reduceAnsiCodesIncremental,
  type StyledChar,
  styledCharsFromTokens,
  tokenize,
} from '@alcalzone/ansi-tokenize';
import { Recent } from './recent.ts';

/*
 * Ink takes each text of a frame apart into cells, lays them over each other, and makes lines of them, with
 * @alcalzone/ansi-tokenize. Nearly all texts of a frame stood in the one before, its few styles follow each other in the same
 * few ways, and its cells are of a few hundred kinds. The build puts these functions, which remember all that, in the place
 * of that package's, and has Ink use them (scripts/ink-output-plugin.ts). What they return is shared, and must not be
 * changed; Ink does not.
 */

export { styledCharsFromTokens, tokenize };

/** A frame of 200x50 has 400 texts. */
const MOST_TEXTS = 500;
const MOST_STYLES = 250;

const cellsByText = new Recent<string, readonly StyledChar[]>(MOST_TEXTS);
const linesByText = new Recent<string, readonly string[]>(MOST_TEXTS);
/** Each combination of styles that has occurred, by its codes; what is known of them goes with them. */
const styleLists = new Map<string, AnsiCode[]>();
/** What a code makes of one of those, the codes that lead from one to another, and the cells in one. */
let successors = new WeakMap<AnsiCode[], Map<string, AnsiCode[]>>();
let transitions = new WeakMap<AnsiCode[], WeakMap<AnsiCode[], string>>();
let cells = new WeakMap<AnsiCode[], Map<string, StyledChar>>();

const PLAIN: AnsiCode[] = [];

/** The cell that nothing is written to. */
export const BLANK: StyledChar = { type: 'char', value: ' ', fullWidth: false, styles: PLAIN };

/** Text of characters that are one cell each, whatever follows them, and of styles: nearly all there is. */
const SIMPLE =
  // oxlint-disable-next-line no-control-regex -- escape sequences
  /^(?:[\n\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u22ff\u2500-\u25fc\u2800-\u28ff]|\x1b\[[\d;]*m)*$/;
const IGNORABLE = /^\p{Default_Ignorable_Code_Point}+$/u;
const ESCAPE = 0x1b;

/** The cells of a text, without those that no terminal shows. */
export function visibleCells(text: string): readonly StyledChar[] {
  return cellsByText.of(text, cellsOf);
}

/** The lines of a text, each with the styles that it begins in. */
export function linesOf(text: string): readonly string[] {
  return linesByText.of(text, () => {
    const lines: StyledChar[][] = [[]];
    for (const cell of visibleCells(text))
      if (cell.value === '\n') lines.push([]);
      else lines.at(-1)?.push(cell);
    return lines.map(styledCharsToString);
  });
}

/** The package's function. */
export function styledCharsToString(chars: readonly StyledChar[]): string {
  let text = '';
  let styles = PLAIN;
  // By index: an iterator's results are garbage, a million of them a second, until this is compiled.
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? BLANK;
    const next = char.styles.length === 0 ? PLAIN : char.styles;
    if (next !== styles) text += transition(styles, next);
    text += char.value;
    styles = next;
  }
  return styles === PLAIN ? text : text + transition(styles, PLAIN);
}

function cellsOf(text: string): readonly StyledChar[] {
  return SIMPLE.test(text) ? simpleCells(text) : anyCells(text);
}

function anyCells(text: string): readonly StyledChar[] {
  return styledCharsFromTokens(tokenize(text))
    .filter(({ value }) => !IGNORABLE.test(value))
    .map((cell) => ({ ...cell, styles: sharedStyles(cell.styles) }));
}

function simpleCells(text: string): readonly StyledChar[] {
  const found: StyledChar[] = [];
  let styles = PLAIN;
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) === ESCAPE) {
      const end = text.indexOf('m', at);
      styles = successor(styles, text.slice(at, end + 1));
      at = end;
    } else found.push(cellOf(text.charAt(at), styles));
  }
  return found;
}

function cellOf(value: string, styles: AnsiCode[]): StyledChar {
  const ofStyles = ofList(cells, styles);
  const known = ofStyles.get(value);
  if (known !== undefined) return known;
  const cell: StyledChar = { type: 'char', value, fullWidth: false, styles };
  ofStyles.set(value, cell);
  return cell;
}

/** The styles after an escape sequence, which may be of several codes. */
function successor(styles: AnsiCode[], sequence: string): AnsiCode[] {
  const ofStyles = ofList(successors, styles);
  const known = ofStyles.get(sequence);
  if (known !== undefined) return known;
  const codes = tokenize(sequence).filter((token) => token.type === 'ansi');
  const after = sharedStyles(reduceAnsiCodesIncremental(styles, codes));
  ofStyles.set(sequence, after);
  return after;
}

function sharedStyles(styles: AnsiCode[]): AnsiCode[] {
  if (styles.length === 0) return PLAIN;
  const codes = styles.map(({ code }) => code).join('');
  const shared = styleLists.get(codes);
  if (shared !== undefined) return shared;
  if (styleLists.size >= MOST_STYLES) forgetStyles();
  styleLists.set(codes, styles);
  return styles;
}

/** All at once: each leads to others, so that none would go by itself. */
function forgetStyles(): void {
  styleLists.clear();
  [successors, transitions, cells] = [new WeakMap(), new WeakMap(), new WeakMap()];
}

function transition(from: AnsiCode[], to: AnsiCode[]): string {
  let known = transitions.get(from);
  if (known === undefined) transitions.set(from, (known = new WeakMap()));
  let codes = known.get(to);
  if (codes === undefined) known.set(to, (codes = ansiCodesToString(diffAnsiCodes(from, to))));
  return codes;
}

function ofList<Value>(
  lists: WeakMap<AnsiCode[], Map<string, Value>>,
  styles: AnsiCode[],
): Map<string, Value> {
  let known = lists.get(styles);
  if (known === undefined) lists.set(styles, (known = new Map()));
  return known;
}
