import { DEFAULT_EPHEMERAL_RANGE, type PortRange, portRangeSize } from '../../kernel/port-range.ts';
import { sysctlNumber } from '../../kernel/sysctl.ts';
import { fullRange } from '../sample/full-range.ts';
import { portSettings } from '../sample/port-space.ts';
import type { Sample } from '../sample/sample.ts';
import type { WhatIf } from './changes.ts';

/** The parameters, in the order of the panel. */
export const WHAT_IF_PARAMETERS = [
  'range',
  'reuse',
  'destinations',
  'sources',
  'keepAlivePercent',
  'rateFactor',
] as const satisfies readonly (keyof WhatIf)[];

export type WhatIfParameter = (typeof WHAT_IF_PARAMETERS)[number];

export type WhatIfValue = number | PortRange;

/** Ranges to offer. Sizes and first ports suit connect()'s search by parity. */
const RANGES: readonly PortRange[] = [
  DEFAULT_EPHEMERAL_RANGE,
  { low: 15000, high: 64999 },
  { low: 10000, high: 65535 },
];
const ADDRESSES = [1, 2, 3, 4, 6, 8, 12, 16];

const CHOICES: Readonly<Record<Exclude<WhatIfParameter, 'range'>, readonly WhatIfValue[]>> = {
  reuse: [0, 1, 2],
  destinations: ADDRESSES,
  sources: ADDRESSES,
  keepAlivePercent: [0, 50, 80, 90, 95, 99],
  rateFactor: [0.5, 1, 1.5, 2, 3, 5],
};

/** Values to offer for a parameter. Ranges are those that the kernel accepts, including the widest. */
function choicesOf(parameter: WhatIfParameter, sample: Sample): readonly WhatIfValue[] {
  if (parameter !== 'range') return CHOICES[parameter];
  const widest = fullRange(sample.sysctls);
  return [...RANGES.filter(({ low }) => low > widest.low), widest];
}

/** A parameter's value on the real machine; undefined: the kernel does not have it, or it cannot be read. */
export function presentValue(parameter: WhatIfParameter, sample: Sample): WhatIfValue | undefined {
  switch (parameter) {
    case 'range':
      return portSettings(sample.sysctls).range;
    case 'reuse':
      return sysctlNumber(sample.sysctls, 'net.ipv4.tcp_tw_reuse');
    case 'keepAlivePercent':
      return 0;
    case 'destinations':
    case 'sources':
    case 'rateFactor':
      return 1;
  }
}

/** The parameters as the panel names them. */
export const WHAT_IF_NAMES: Readonly<Record<WhatIfParameter, string>> = {
  range: 'port range',
  reuse: 'tcp_tw_reuse',
  destinations: 'destinations',
  sources: 'sources',
  keepAlivePercent: 'keep-alive',
  rateFactor: 'request rate',
};

/** Why `stepWhatIf` changes nothing, in at most 38 columns, and what does. */
export function whyNoStep(parameter: WhatIfParameter, by: -1 | 1, sample: Sample): string {
  const name = WHAT_IF_NAMES[parameter];
  if (presentValue(parameter, sample) === undefined) return `No ${name} here to change`;
  const what = END_WORDS[parameter];
  return by > 0 ? `No ${what.more}; left arrow goes back` : `No ${what.less}; right arrow goes on`;
}

const END_WORDS: Readonly<Record<WhatIfParameter, { less: string; more: string }>> = {
  range: { less: 'smaller range', more: 'wider range' },
  reuse: { less: 'value below 0', more: 'value above 2' },
  destinations: { less: 'fewer than now', more: 'more than 16' },
  sources: { less: 'fewer than now', more: 'more than 16' },
  keepAlivePercent: { less: 'less than now', more: 'more than 99' },
  rateFactor: { less: 'lower rate', more: 'higher rate' },
};

/** Changes a parameter to the next greater (`by` 1) or smaller (-1) choice; stays at the last one. */
export function stepWhatIf(
  changes: WhatIf,
  parameter: WhatIfParameter,
  by: -1 | 1,
  sample: Sample,
): WhatIf {
  const present = presentValue(parameter, sample);
  // This kernel does not have the parameter.
  if (present === undefined) return changes;
  const now = amount(changes[parameter] ?? present);
  const choices = [...choicesOf(parameter, sample), present].toSorted(
    (a, b) => amount(a) - amount(b),
  );
  const next =
    by > 0
      ? choices.find((choice) => amount(choice) > now)
      : choices.findLast((choice) => amount(choice) < now);
  if (next === undefined) return changes;
  return amount(next) === amount(present)
    ? resetWhatIf(changes, parameter)
    : { ...changes, [parameter]: next };
}

/** Takes a parameter's change back. */
export function resetWhatIf(changes: WhatIf, parameter: WhatIfParameter): WhatIf {
  const { [parameter]: _, ...others } = changes;
  return others;
}

/** A number to order values by. Of two ranges of the same size, the lower one comes first. */
function amount(value: WhatIfValue): number {
  return typeof value === 'number' ? value : portRangeSize(value) + value.low / 65536;
}
