import { asciiText } from '../format/ascii.ts';
import type { Severity } from '../model/severity.ts';

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

/** Replaces the characters of our texts with those of the glyph set. */
export function withGlyphs(text: string, glyphs: Glyphs): string {
  return glyphs === UNICODE ? text : asciiText(text, () => '?');
}
