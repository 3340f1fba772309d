import { HIGHEST_PORT } from '../../kernel/port-range.ts';
import { nearestWords } from './nearest-word.ts';

/** Suffixes of numbers in a filter. */
const NUMBER_UNITS = {
  percent: { factors: { '': 1, '%': 1 }, unit: '%', example: '20%' },
  count: { factors: { '': 1, k: 1000 }, unit: '', example: '1000' },
  time: { factors: { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }, unit: 's', example: '60s' },
} as const satisfies Record<
  string,
  { factors: Readonly<Record<string, number>>; unit: string; example: string }
>;

/** Numbers of a group that a filter can compare. */
const NUMBER_FIELDS = {
  headroom: 'percent',
  free: 'count',
  used: 'count',
  live: 'count',
  tw: 'count',
  closes: 'count',
  eta: 'time',
} as const satisfies Record<string, keyof typeof NUMBER_UNITS>;

const FIELD_NAMES = ['dst', 'src', 'port', 'owner', 'place', ...Object.keys(NUMBER_FIELDS)];

export type NumberField = keyof typeof NUMBER_FIELDS;
export type Comparison = '<' | '<=' | '=' | '>=' | '>';

/** The test of one word of a filter. */
export type FilterTest =
  /** The label or an owner's name contains this text; lower case. */
  | { readonly kind: 'text'; readonly text: string }
  /** The address at one end begins with this text; `exact`: equals it. */
  | {
      readonly kind: 'address';
      readonly end: 'dst' | 'src';
      readonly exact: boolean;
      readonly text: string;
    }
  /** The destination port is in this range, both ends included. */
  | { readonly kind: 'port'; readonly from: number; readonly to: number }
  /** An owner's name contains this text (lower case); `exact`: the main owner's name equals it. */
  | { readonly kind: 'owner'; readonly exact: boolean; readonly text: string }
  /** The place's name contains this text (lower case); `exact`: equals it. */
  | { readonly kind: 'place'; readonly exact: boolean; readonly text: string }
  /** Percent, ports, closes per second, seconds. */
  | {
      readonly kind: 'number';
      readonly field: NumberField;
      readonly comparison: Comparison;
      readonly value: number;
    };

export type FilterWord = FilterTest & { readonly negated: boolean };

/** The word of a filter that cannot be parsed. */
export interface FilterProblem {
  /** Where it begins and how long it is, in characters as JavaScript counts them. */
  readonly at: number;
  readonly length: number;
  /** 1 for the first word. */
  readonly word: number;
  /** What to write instead: the object of "write". */
  readonly hint: string;
}

/** A parsed filter. If there is a problem, it has no words. */
export interface ParsedFilter {
  readonly words: readonly FilterWord[];
  readonly problem: FilterProblem | undefined;
}

/** The owner's name in `owner=` for groups whose owner is not known. */
export const NO_OWNER = '?';

/** Longest filter, in characters: each word is tested on each group at each sample. */
export const LONGEST_FILTER = 1000;

/** A word ends at a blank outside quotes. An unclosed quote extends to the end. */
const WORD = /(?:"(?:[^"]|"")*(?:"|$)|[^\s"])+/g;
const FIELD = /^([a-z]+)(<=|>=|[:=<>])(.*)$/is;
/** `2001:db8` is the beginning of an address, not a field. */
const HEX_GROUP = /^[0-9a-f]{1,4}$/i;
const ADDRESS = /^(?:[0-9.]+|\[?[0-9a-f:]+\]?)$/i;
const NUMBER = /^(\d+(?:\.\d+)?)(ms|.?)$/s;
/** Larger numbers cannot be written exactly with three decimals. */
const GREATEST_NUMBER = 1e12;

/**
 * Parses a filter: words separated by blanks, all of which must hold. `dst:10.0.9.` and `src:` (an address
 * begins with), `dst=` and `src=` (it is), `port:8080`, `port:8000-8100`, `owner:haproxy` (contains),
 * `owner=haproxy` (is), `place:web` and `place=web-1` likewise, `headroom<20%`, `free>=1000`, `eta<60s`. Any other word is searched for in the label and in
 * the owners' names. `!` in front negates a word. Quotes keep blanks together. Never throws.
 */
export function parseFilter(expression: string): ParsedFilter {
  if (expression.length > LONGEST_FILTER) {
    const hint = `at most ${LONGEST_FILTER} characters`;
    return { words: [], problem: { at: 0, length: expression.length, word: 1, hint } };
  }
  const words: FilterWord[] = [];
  for (const { 0: raw, index } of expression.matchAll(WORD)) {
    const negated = raw.startsWith('!');
    const test = parseTest(negated ? raw.slice(1) : raw);
    if (typeof test === 'string') {
      const problem = { at: index, length: raw.length, word: words.length + 1, hint: test };
      return { words: [], problem };
    }
    words.push({ ...test, negated });
  }
  return { words, problem: undefined };
}

/** True for a plain word that is the beginning of a field's name. */
export function isFieldStart(word: FilterWord | undefined): boolean {
  return word?.kind === 'text' && FIELD_NAMES.some((name) => name.startsWith(word.text));
}

/** Writes words in a form that `parseFilter` reads back. */
export function printFilter(words: readonly FilterWord[]): string {
  return words.map((word) => (word.negated ? '!' : '') + printTest(word)).join(' ');
}

/** Returns a test, or a hint what to write instead. */
function parseTest(body: string): FilterTest | string {
  if (body === '') return 'a word after "!", such as !owner:haproxy';
  if (/^[<>=]/.test(body)) return 'comparisons without blanks: headroom<20%';
  const [, name = '', operator = '', rest = ''] = FIELD.exec(body) ?? [];
  if (operator === '' || (operator === ':' && HEX_GROUP.test(name)))
    return { kind: 'text', text: unquote(body).toLowerCase() };
  const field = name.toLowerCase();
  const value = unquote(rest);
  if (field === 'dst' || field === 'src') return parseAddress(field, operator, value);
  if (field === 'port') return parsePort(operator, value);
  if (field === 'owner' || field === 'place') return parseName(field, operator, value);
  if (Object.hasOwn(NUMBER_FIELDS, field))
    return parseNumber(field as NumberField, operator, value);
  const [nearest, ...others] = nearestWords(field, FIELD_NAMES);
  const isClear = nearest !== undefined && others.length === 0;
  const right = isClear ? `${nearest}${operator}` : FIELD_NAMES.join(', ');
  return `${right}, or quotes around it`;
}

function parseAddress(end: 'dst' | 'src', operator: string, value: string): FilterTest | string {
  if (!/^[:=]$/.test(operator) || !ADDRESS.test(value))
    return `the beginning of an address, ${end}:10.0.9. (all of it: ${end}=10.0.9.21)`;
  const text = value.replaceAll(/[[\]]/g, '').toLowerCase();
  return { kind: 'address', end, exact: operator === '=', text };
}

function parsePort(operator: string, value: string): FilterTest | string {
  const [, first = '', last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(value) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (!/^[:=]$/.test(operator) || first === '' || from > to || to > HIGHEST_PORT)
    return `a port or a range: port:8080, port:8000-8100`;
  return { kind: 'port', from, to };
}

const EXAMPLE_NAMES = { owner: 'haproxy', place: 'web-1' } as const;

function parseName(kind: 'owner' | 'place', operator: string, value: string): FilterTest | string {
  const name = EXAMPLE_NAMES[kind];
  if (!/^[:=]$/.test(operator) || value === '')
    return `a part of the ${kind}'s name, ${kind}:${name} (all of it: ${kind}=${name})`;
  const exact = operator === '=';
  return { kind, exact, text: exact ? value : value.toLowerCase() };
}

function parseNumber(field: NumberField, operator: string, text: string): FilterTest | string {
  const { factors, example } = NUMBER_UNITS[NUMBER_FIELDS[field]];
  const [, digits = '', unit = ''] = NUMBER.exec(text) ?? [];
  const factor = (factors as Readonly<Record<string, number>>)[unit] ?? NaN;
  const value = Number(digits) * factor;
  if (operator === ':' || digits === '' || !(value <= GREATEST_NUMBER))
    return `${field} with <, <=, =, >= or > and a number: ${field}<${example}`;
  const comparison = operator as Comparison;
  return { kind: 'number', field, comparison, value: Math.round(value * 1000) / 1000 };
}

function printTest(test: FilterTest): string {
  switch (test.kind) {
    case 'address':
      return `${test.end}${test.exact ? '=' : ':'}${test.text}`;
    case 'port':
      return `port:${test.from === test.to ? test.from : `${test.from}-${test.to}`}`;
    case 'owner':
    case 'place':
      return `${test.kind}${test.exact ? '=' : ':'}${/[\s"]/.test(test.text) ? quote(test.text) : test.text}`;
    case 'number':
      return `${test.field}${test.comparison}${test.value}${NUMBER_UNITS[NUMBER_FIELDS[test.field]].unit}`;
    case 'text': {
      const isPlain = /^[^\s"!<>=][^\s"]*$/.test(test.text);
      const bare = isPlain ? parseTest(test.text) : undefined;
      return typeof bare === 'object' && bare.kind === 'text' ? test.text : quote(test.text);
    }
  }
}

const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;

const unquote = (text: string) =>
  text.replaceAll(/"((?:[^"]|"")*)(?:"|$)/g, (_, inner: string) => inner.replaceAll('""', '"'));
