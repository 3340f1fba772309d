import type { Severity } from '../model/severity.ts';
import type { Theme } from '../store/settings.ts';

/** Characters that the view is drawn with. */
export interface Glyphs {
  readonly live: string;
  readonly timeWait: string;
  readonly reusable: string;
  readonly free: string;
  /** Where half of the ports are taken and the search gets slower. */
  readonly cliff: string;
  readonly spark: string;
  readonly selected: string;
  /** A group that has gone. */
  readonly gone: string;
  readonly ellipsis: string;
  readonly arrow: string;
  readonly separator: string;
  readonly severity: Readonly<Record<Severity, string>>;
}

const UNICODE: Glyphs = {
  live: '█',
  timeWait: '▓',
  reusable: '░',
  free: '·',
  cliff: '┊',
  // Without the full block, which would join the sparklines of two rows.
  spark: '▁▂▃▄▅▆▇',
  selected: '▸',
  gone: '×',
  ellipsis: '…',
  arrow: '→',
  separator: '│',
  severity: { info: ' ', warning: '△', critical: '▲' },
};

const ASCII: Glyphs = {
  live: '#',
  timeWait: '=',
  reusable: '-',
  free: '.',
  cliff: ':',
  spark: '.:-=+*#@',
  selected: '>',
  gone: 'x',
  ellipsis: '~',
  arrow: '->',
  separator: '|',
  severity: { info: ' ', warning: '!', critical: 'X' },
};

export function glyphsFor(ascii: boolean): Glyphs {
  return ascii ? ASCII : UNICODE;
}

/** Unicode characters in our texts, and their ASCII replacements. */
const ASCII_FOR: Readonly<Record<string, string>> = {
  '→': '->',
  '–': '-',
  '—': '-',
  '…': '~',
  '·': '.',
  '±': '+-',
  '≥': '>=',
  '≤': '<=',
  '▲': '^',
  '▁': '.',
  '▂': '.',
  '▃': ':',
  '▄': ':',
  '▅': '+',
  '▆': '+',
  '▇': '#',
  '█': '#',
  '▓': '=',
  '▒': '+',
  '░': '-',
  '┊': ':',
  '↑': 'up',
  '↓': 'down',
  '←': '<-',
  '×': 'x',
  '●': '*',
  '▶': '>',
  '‖': '=',
  '■': '#',
  '│': '|',
  '─': '-',
  '┌': '+',
  '┬': '+',
  '┐': '+',
  '├': '+',
  '┼': '+',
  '┤': '+',
  '└': '+',
  '┴': '+',
  '┘': '+',
};

/** Replaces the characters of our texts with those of the glyph set. */
export function withGlyphs(text: string, glyphs: Glyphs): string {
  return glyphs === UNICODE
    ? text
    : text.replace(/[^\p{ASCII}]/gu, (character) => ASCII_FOR[character] ?? '?');
}

/** Colours of severities. Colour is only a signal, beside a glyph: healthy things have the terminal's own colour. */
export type Palette = Readonly<Record<Severity, string | undefined>>;

/** Palettes of the terminal's 16 colours, which suit any background. */
export const PALETTES: Readonly<Record<Theme, Palette>> = {
  default: { info: undefined, warning: 'yellow', critical: 'red' },
  // Blue and the terminal's orange differ for every kind of colour vision.
  'colour-blind': { info: undefined, warning: 'blueBright', critical: 'yellow' },
  mono: { info: undefined, warning: undefined, critical: undefined },
};
