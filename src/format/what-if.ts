import type { PortRange } from '../kernel/port-range.ts';
import type { Model } from '../model/model.ts';
import type { GroupModel } from '../model/group-model.ts';
import { isAsItIs, type WhatIf } from '../model/what-if/changes.ts';
import {
  presentValue,
  WHAT_IF_PARAMETERS,
  type WhatIfParameter,
  type WhatIfValue,
} from '../model/what-if/choices.ts';
import { reuseText } from './reuse.ts';
import { fitPieces } from './shorten.ts';
import { stringWidth } from './string-width.ts';
import { formatDuration, formatPercent } from './units.ts';

/** A row of the what-if panel. */
export interface WhatIfRow {
  readonly parameter: WhatIfParameter;
  readonly name: string;
  /** The real value. */
  readonly now: string;
  /** The value to try; undefined: the real one. */
  readonly changed: string | undefined;
}

const NAMES: Readonly<Record<WhatIfParameter, string>> = {
  range: 'port range',
  reuse: 'tcp_tw_reuse',
  destinations: 'destinations',
  sources: 'sources',
  keepAlivePercent: 'keep-alive',
  rateFactor: 'request rate',
};

/** All parameters, with their real and hypothetical values. */
export function whatIfRows({ sample }: Model, changes: WhatIf): WhatIfRow[] {
  return WHAT_IF_PARAMETERS.map((parameter) => {
    const present = presentValue(parameter, sample);
    const value = changes[parameter];
    return {
      parameter,
      name: NAMES[parameter],
      now: present === undefined ? 'absent' : valueText(parameter, present),
      changed: value === undefined ? undefined : valueText(parameter, value),
    };
  });
}

/** The mark of a hypothetical screen, in at most `width` columns, unless that is too narrow. */
export function whatIfMark(changes: WhatIf, width: number): string {
  const back = '; Esc goes back ';
  if (isAsItIs(changes))
    return fitPieces(
      [' WHAT IF: nothing is changed yet, this is the real machine', back],
      '',
      width,
    );
  const said = WHAT_IF_PARAMETERS.map((parameter) => {
    const value = changes[parameter];
    return value === undefined ? '' : saidText(parameter, value);
  }).filter(Boolean);
  return fitPieces([` WHAT IF, not the real machine: ${said.join(', ')}`, back], '', width);
}

/**
 * The outcome for the group that is worst now: headroom and end, now and then. Its name, and its end, are left out if
 * `width` has no room for them.
 */
export function whatIfOutcome(real: Model, outcome: Model, width: number): string {
  const now = real.worst;
  const then = outcome.groups.find(({ key }) => key === now?.key);
  if (now === undefined || then === undefined) return 'No outgoing TCP connections.';
  const headroom = `headroom ${formatPercent(now.headroomPercent)} → ${formatPercent(then.headroomPercent)}`;
  const end = `${headroom}, empty ${endText(now)} → ${endText(then)}`;
  return [`${now.label}: ${end}`, end].find((text) => stringWidth(text) <= width) ?? headroom;
}

function endText({ free, etaSeconds, growthPerSecond }: GroupModel): string {
  if (free <= 0) return 'now';
  if (etaSeconds === null && growthPerSecond === undefined) return 'unknown';
  return etaSeconds === null ? 'never' : `in ${formatDuration(etaSeconds)}`;
}

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
