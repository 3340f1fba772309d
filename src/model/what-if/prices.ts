import { joinPortRanges, type PortRange, portRangeSize } from '../../kernel/port-range.ts';
import { pressureOn } from '../advice/cause.ts';
import { KEEP_ALIVE_CAUTION } from '../advice/keep-alive.ts';
import { MORE_DESTINATIONS_CAUTION, MORE_SOURCES_CAUTION } from '../advice/spread.ts';
import { REUSE_CAUTION } from '../advice/time-wait.ts';
import { wideningCaution } from '../advice/widen-port-range.ts';
import type { Model } from '../model.ts';
import { reservePorts } from '../reserve-command.ts';
import { portSettings } from '../sample/port-space.ts';
import type { Sample } from '../sample/sample.ts';
import { wantedBefore } from '../wanted-ports.ts';
import { isAsItIs, type WhatIf } from './changes.ts';
import { headroomInAMinute } from './in-a-minute.ts';
import { reservedUnder } from './reservation.ts';

/** What each change costs or risks, in the words of the suggestion to make it, and whose demand it is for; a text each. */
export function whatIfPrices(changes: WhatIf, model: Model): readonly string[] {
  const { reuse = 0, destinations = 1, sources = 1, keepAlivePercent = 0 } = changes;
  return [
    ...retriesNote(changes, model),
    ...rangePrice(changes, model),
    ...(reuse > 0 ? [REUSE_CAUTION] : []),
    ...(destinations > 1 ? [MORE_DESTINATIONS_CAUTION] : []),
    ...(sources > 1 ? [MORE_SOURCES_CAUTION] : []),
    ...(keepAlivePercent > 0 ? [KEEP_ALIVE_CAUTION] : []),
  ];
}

/** Whose demand the figures are for, and what the changes come to without retries. */
function retriesNote(changes: WhatIf, { sample, worst }: Model): string[] {
  if (worst === undefined || isAsItIs(changes)) return [];
  const before = wantedBefore(worst);
  if (before === undefined) return [];
  const { perSecond: mostDemandPerSecond } = before;
  const headroom = headroomInAMinute(sample, { ...worst, mostDemandPerSecond }, changes);
  const [most, made] = [worst.mostDemandPerSecond ?? 0, mostDemandPerSecond].map(Math.round);
  return [
    `The figures are for the most wanted in this outage, ${most}/s, in which each retry counts. For the ${made}/s made before it, ${headroom.toFixed(1)}% would be left after a minute.`,
  ];
}

function rangePrice({ range }: WhatIf, { sample, worst }: Model): string[] {
  if (range === undefined || worst === undefined) return [];
  const { range: before } = portSettings(sample.sysctls);
  // A narrower range endangers no service.
  if (portRangeSize(range) <= portRangeSize(before)) return [];
  const { reserved, added } = reservedUnder(sample, range);
  const joined = joinPortRanges(added);
  const reservation = joined.length === 0 ? undefined : reservePorts(reserved, joined);
  const pressure = pressureOn(sample, worst);
  const situation = { sample: withoutPorts(sample, before), group: worst, pressure };
  return [wideningCaution(situation, range, joined, reservation)];
}

/** A sample without the services in this range: a wider one makes no difference to them. */
function withoutPorts(sample: Sample, { low, high }: PortRange): Sample {
  const isOutside = (port: number) => port < low || port > high;
  return {
    ...sample,
    listeningPorts: sample.listeningPorts.filter(isOutside),
    configuredPorts: sample.configuredPorts?.filter(({ port }) => isOutside(port)),
  };
}
