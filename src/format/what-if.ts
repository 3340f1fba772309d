import { missingWord } from '../kernel/sysctl.ts';
import type { PortRange } from '../kernel/port-range.ts';
import type { Model } from '../model/model.ts';
import { isAsItIs, type WhatIf } from '../model/what-if/changes.ts';
import type { Course, WhatIfFigures } from '../model/what-if/figures.ts';
import {
  presentValue,
  WHAT_IF_NAMES,
  WHAT_IF_PARAMETERS,
  type WhatIfParameter,
  type WhatIfValue,
} from '../model/what-if/choices.ts';
import { laterPercent } from './headroom.ts';
import { reuseText } from './reuse.ts';
import { fitPieces } from './shorten.ts';
import { shortLabel } from './short-label.ts';
import { stringWidth } from './string-width.ts';
import { formatEmptyIn, formatPercent } from './units.ts';

/** A row of the what-if panel. */
export interface WhatIfRow {
  readonly parameter: WhatIfParameter;
  readonly name: string;
  /** The real value. */
  readonly now: string;
  /** The value to try; undefined: the real one. */
  readonly changed: string | undefined;
}

/** All parameters, with their real and hypothetical values. */
export function whatIfRows({ sample }: Model, changes: WhatIf): WhatIfRow[] {
  return WHAT_IF_PARAMETERS.map((parameter) => {
    const present = presentValue(parameter, sample);
    const value = changes[parameter];
    return {
      parameter,
      name: WHAT_IF_NAMES[parameter],
      now: present === undefined ? missingWord(sample.sysctls) : valueText(parameter, present),
      changed: value === undefined ? undefined : valueText(parameter, value),
    };
  });
}

/** The mark of a hypothetical screen, in at most `width` columns, unless that is too narrow. */
export function whatIfMark(changes: WhatIf, width: number): string {
  const back = '; Esc goes back ';
  if (isAsItIs(changes))
    return fitPieces(
      [' WHAT IF: nothing is changed yet', ', this is the real machine', back],
      '',
      width,
    );
  const said = WHAT_IF_PARAMETERS.map((parameter) => {
    const value = changes[parameter];
    return value === undefined ? '' : saidText(parameter, value);
  }).filter(Boolean);
  const [first = '', ...others] = said;
  const forms = [
    ` WHAT IF, not the real machine: ${said.join(', ')}`,
    ` WHAT IF, not real: ${said.join(', ')}`,
    ` WHAT IF: ${said.join(', ')}`,
    ` WHAT IF: ${first}, and ${others.length} more`,
  ];
  const fitting = forms.find((form) => stringWidth(form) <= width) ?? forms.at(-1) ?? '';
  return fitPieces([fitting, back], '', width);
}

/** Columns of the figures, and their titles on a wide screen and on a narrow one. */
const FIGURES = [
  { wide: 'NOW', narrow: 'NOW', wideWidth: 8, narrowWidth: 6 },
  { wide: 'IN 1 MIN', narrow: '1 MIN', wideWidth: 10, narrowWidth: 7 },
  { wide: 'SETTLED', narrow: 'SETTLED', wideWidth: 9, narrowWidth: 8 },
  { wide: 'EMPTY IN', narrow: 'EMPTY', wideWidth: 10, narrowWidth: 8 },
] as const;
const WIDE_FIGURES = 60;
/** A screen narrower than this has no room for the time. */
const TIME_WIDTH = 37;

/**
 * The figures for the group that is worst now, as it is and with the changes: headroom now, in a minute and settled, and
 * when the ports run out. Three lines of at most `width` columns; one if there is no group.
 */
export function whatIfFigureLines(
  figures: WhatIfFigures | undefined,
  changes: WhatIf,
  width: number,
): string[] {
  if (figures === undefined) return ['No outgoing TCP connections.'];
  const isWide = width >= WIDE_FIGURES;
  const shown = width < TIME_WIDTH ? FIGURES.slice(0, -1) : FIGURES;
  const widths = shown.map(({ wideWidth, narrowWidth }) => (isWide ? wideWidth : narrowWidth));
  const nameWidth = isWide
    ? Math.min(width - sum(widths), Math.max(LEAST_NAME, stringWidth(figures.group.label) + 10))
    : NARROW_NAME;
  const line = (name: string, cells: readonly string[]) => {
    const padding = ' '.repeat(Math.max(0, nameWidth - stringWidth(name)));
    return name + padding + shown.map((_, at) => cells[at]?.padStart(widths[at] ?? 0)).join('');
  };
  const titles = FIGURES.map(({ wide, narrow }) => (isWide ? wide : narrow));
  const title = isWide
    ? `${shortLabel(figures.group, nameWidth - ' headroom'.length, LABEL)} headroom`
    : 'HEADROOM';
  return [
    line(title, titles),
    line('as it is', courseCells(figures.asItIs)),
    isAsItIs(changes) ? 'changed   nothing yet' : line('changed', courseCells(figures.changed)),
  ];
}

const LABEL = { ellipsis: '…', arrow: '→' } as const;
const LEAST_NAME = 24;
const NARROW_NAME = 8;

function courseCells({ now, inAMinute, settled, isAtMost, ...end }: Course): string[] {
  const later = (percent: number) => laterPercent(percent, isAtMost, '~');
  const empty = end.free <= 0 ? 'now' : formatEmptyIn(end);
  return [formatPercent(now), later(inAMinute), later(settled), empty];
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

function saidText(parameter: WhatIfParameter, value: WhatIfValue): string {
  switch (parameter) {
    case 'range':
      return `range ${plainText(value)}`;
    case 'reuse':
      return `tw_reuse ${plainText(value)}`;
    case 'keepAlivePercent':
      return `keep-alive ${plainText(value)}%`;
    case 'destinations':
    case 'sources':
      return `${parameter} ×${plainText(value)}`;
    case 'rateFactor':
      return `rate ×${plainText(value)}`;
  }
}

function valueText(parameter: WhatIfParameter, value: WhatIfValue): string {
  switch (parameter) {
    case 'range':
      return plainText(value);
    case 'reuse':
      return reuseText(plainText(value));
    case 'keepAlivePercent':
      return value === 0 ? 'as now' : `${plainText(value)}% of requests`;
    case 'destinations':
    case 'sources':
    case 'rateFactor':
      return value === 1 ? 'as now' : `×${plainText(value)}`;
  }
}

function plainText(value: number | PortRange): string {
  return typeof value === 'number' ? `${value}` : `${value.low}–${value.high}`;
}
