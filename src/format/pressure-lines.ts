import { printable } from '../kernel/foreign-text.ts';
import { isDemandFormer } from '../model/demand.ts';
import type { GroupModel } from '../model/group-model.ts';
import type { Model } from '../model/model.ts';
import type { ConnectFailures } from '../model/sample/refusal-memory.ts';
import { wantedBefore, wantedInAll } from '../model/wanted-ports.ts';
import { callRates } from '../model/call-rates.ts';
import { isDry, isUnderPressure, wantedPerSecond } from './headroom.ts';
import { formatClock, formatCount, formatRate } from './units.ts';

/** Why the headroom may be lower than it looks. Left out while refusals already say so. */
export function uncertainLines(group: GroupModel): string[] {
  const { uncertain, limit } = group;
  const isSaid = isDry(group) && limit?.refusedWithFree === undefined;
  return uncertain === undefined || isSaid ? [] : [`not sure ${uncertain}`];
}

/** Refused and wanted connections of a group that is out of ports. */
export function pressureLines({ sample }: Model, group: GroupModel): string[] {
  const { connectFailures: failures, limit, demandPerSecond, isDemandLowerBound } = group;
  if (!isUnderPressure(group)) return [];
  const rates = callRates(group);
  if (failures === undefined || rates === undefined) {
    const why = sample.sampling.refusalsUnseen ?? 'ephtop does not watch for them';
    const unseen = `refused  cannot be seen: ${why}`;
    if (demandPerSecond === null) return [unseen];
    const bound = isDemandFormer(group)
      ? 'before the ports ran out; nothing tells whether that is still so'
      : 'at least, the rate before the ports ran out';
    return [unseen, `wanted   ${formatRate(demandPerSecond)}/s ${bound}`];
  }
  const since =
    limit === undefined || !isDry(group)
      ? ''
      : `, out of ports since ${formatClock(limit.sinceMs)}`;
  const refused = `refused  ${formatRate(rates.refused)}/s, ${formatCount(failures.lastMinute)} in the last minute${since}${refusedOwners(failures)}`;
  if (rates.made === undefined) return [refused];
  const least = isDemandLowerBound ? ' at least' : '';
  const parts = `made ${formatRate(rates.made)} + refused ${formatRate(rates.refused)} (each retry counts)`;
  return [refused, `wanted   ${formatRate(rates.made + rates.refused)}/s${least} = ${parts}`];
}

function refusedOwners({ processes }: ConnectFailures): string {
  const named = processes
    .slice(0, MOST_REFUSED)
    .map(
      ({ pid, command, refusals }) =>
        `${printable(command) || 'a process'}${pid === undefined ? '' : ` (${pid})`} ${formatCount(refusals)}`,
    );
  return named.length === 0 ? '' : `; ${named.join(', ')}`;
}

/** Number of processes that the detail names. */
const MOST_REFUSED = 3;

/** The forecast of a group that is out of ports: what its demand needs, and whose demand that is. */
export function dryForecast(group: GroupModel): string {
  const { usable, mostDemandPerSecond: most } = group;
  const now = wantedPerSecond(group);
  if (most === null) return 'forecast out of ports now';
  // The most is a mean of some seconds: what is wanted now may be more for a moment.
  const isMore = now !== undefined && Math.round(now) > Math.round(most);
  const rate = isMore ? now : most;
  const ports = Math.max(group.wantedPorts, isMore ? wantedInAll(group, now) : 0);
  if (ports <= usable) return 'forecast out of ports now';
  const before = wantedBefore(group);
  const retries = before === undefined ? '' : ', retries counted';
  const without =
    before === undefined
      ? ''
      : `; the ${formatRate(before.perSecond)}/s made before it need ${formatCount(before.ports)}`;
  return `forecast out of ports now; ${isMore ? 'what is wanted now' : 'the most wanted in this outage'} (${formatRate(rate)}/s${retries}) needs ${formatCount(ports)} ports, and ${formatCount(usable)} are usable${without}`;
}
