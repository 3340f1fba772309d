import { DEFAULT_EPHEMERAL_RANGE, type PortRange, portRangeSize } from '../../kernel/port-range.ts';
import { sysctlNumber } from '../../kernel/sysctl.ts';
import { fullRange } from '../sample/full-range.ts';
import { portSettings } from '../sample/port-space.ts';
import type { Sample } from '../sample/sample.ts';
import type { WhatIf } from './changes.ts';

/** What can be changed, in the order in which it is offered. */
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

/** Ranges worth a look; even-sized, and from an even port on where the search for ports wants it. */
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

/** What is offered for a parameter; of ranges, those that the kernel accepts, the widest among them. */
function choicesOf(parameter: WhatIfParameter, sample: Sample): readonly WhatIfValue[] {
  if (parameter !== 'range') return CHOICES[parameter];
  const widest = fullRange(sample.sysctls);
  return [...RANGES.filter(({ low }) => low > widest.low), widest];
}

/** A parameter's value on the real machine; undefined: the kernel has none, or does not tell. */
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

/** Changes a parameter to the next greater (`by` 1) or smaller (-1) choice, up to the last one. */
export function stepWhatIf(
  changes: WhatIf,
  parameter: WhatIfParameter,
  by: -1 | 1,
  sample: Sample,
): WhatIf {
  const present = presentValue(parameter, sample);
  // Not this kernel's to change.
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

/** Leaves a parameter as it is. */
export function resetWhatIf(changes: WhatIf, parameter: WhatIfParameter): WhatIf {
  const { [parameter]: _, ...others } = changes;
  return others;
}

/** Orders values; of two ranges of one size the lower one comes first. */
function amount(value: WhatIfValue): number {
  return typeof value === 'number' ? value : portRangeSize(value) + value.low / 65536;
}
