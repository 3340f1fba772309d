import { TCP_STATES } from '../../kernel/tcp-state.ts';
import { formatCount, formatPercent, formatRate } from '../../format/units.ts';

/** A line for a screen reader: a sentence, or something to be copied that stays as it is, letter by letter. */
export type SpokenLine = string | { readonly verbatim: string };

const STATES = TCP_STATES.filter((state) => state?.includes('_')).join('|');

/** What a screen reader would spell, skip or misread, and what is said in its place. */
const SAID: readonly (readonly [
  RegExp,
  string | ((match: string, ...groups: string[]) => string),
])[] = [
  [/\s*→\s*/g, ' to '],
  [/\s*—\s*/g, ', '],
  [/(?<=\w)–(?=\w)/g, ' to '],
  [/×\s*(?=\d)/g, 'times '],
  [/±\s*/g, 'plus or minus '],
  [/\[([\da-f:.]+)\]:(\d+)/gi, '$1 port $2'],
  [/(\d+(?:\.\d+){3}):(\d+)/g, '$1 port $2'],
  // "6.0%" is spoken as six.
  [/(?<=\d)\.0(?=%)/g, ''],
  [/%/g, ' percent'],
  [/\/s\b/g, ' per second'],
  [/\b(\d[\d.,]*) (ms|s|min|h)\b/g, (_, count, unit) => counted(count, UNITS[unit] ?? unit)],
  [/(?<=\w)\(\)/g, ''],
  [new RegExp(`\\b(?:${STATES})\\b`, 'g'), (state) => state.replaceAll('_', ' ')],
];

const UNITS: Readonly<Record<string, string>> = {
  ms: 'millisecond',
  s: 'second',
  min: 'minute',
  h: 'hour',
};

/** Puts a sentence of the screen into words: arrows, ranges, units and the kernel's spelling of states. Not for commands. */
export function spokenText(text: string): string {
  return SAID.reduce(
    (said, [seen, words]) =>
      typeof words === 'string' ? said.replace(seen, words) : said.replace(seen, words),
    text,
  );
}

/** "1 second", "2 seconds"; the count as it is written. */
export function counted(count: string, noun: string): string {
  return `${count} ${noun}${count === '1' ? '' : 's'}`;
}

/** 4.36 → "4.4 percent". */
export function spokenPercent(percent: number): string {
  return spokenText(formatPercent(percent));
}

/** From here on decimals say nothing. */
const FEWEST_WHOLE = 9.95;

/** (481.2, "close") → "481 closes per second", (0.01, …) → "less than 0.1 closes per second". */
export function spokenRate(perSecond: number, noun: string): string {
  return `${counted(spokenFigure(perSecond), noun)} per second`;
}

/** 1632.4 → "1,632", 0.36 → "0.4", 2.04 → "2", 0.01 → "less than 0.1". */
export function spokenFigure(perSecond: number): string {
  return perSecond >= FEWEST_WHOLE
    ? formatCount(Math.round(perSecond))
    : formatRate(perSecond).replace('<', 'less than ').replace(/\.0$/, '');
}

/** With a full stop, if it has none. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
