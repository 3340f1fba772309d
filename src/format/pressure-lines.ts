import type { GroupModel } from '../model/group-model.ts';
import type { Model } from '../model/model.ts';
import type { ConnectFailures } from '../model/sample/refusal-memory.ts';
import { isDry, isUnderPressure, refusedPerSecond } from './headroom.ts';
import { formatClock, formatCount, formatRate } from './units.ts';

/** Why the headroom may be less than it looks; of what is gone in a moment the refusals tell. */
export function uncertainLines(group: GroupModel): string[] {
  const { uncertain, limit } = group;
  const isSaid = isDry(group) && limit?.refusedWithFree === undefined;
  return uncertain === undefined || isSaid ? [] : [`not sure ${uncertain}`];
}

/** What is refused and what is wanted, where ports have run out. */
export function pressureLines({ sample }: Model, group: GroupModel): string[] {
  const {
    connectFailures: failures,
    limit,
    madePerSecond,
    demandPerSecond,
    isDemandLowerBound,
  } = group;
  if (!isUnderPressure(group)) return [];
  const since =
    limit === undefined || !isDry(group)
      ? ''
      : `, out of ports since ${formatClock(limit.sinceMs)}`;
  const refused =
    failures === undefined
      ? `refused  cannot be seen: ${sample.sampling.refusalsUnseen ?? 'it was not looked for'}`
      : `refused  ${formatRate(refusedPerSecond(failures))}/s, ${formatCount(failures.lastMinute)} in the last minute${since}${refusedOwners(failures)}`;
  if (demandPerSecond === null) return [refused];
  const parts =
    failures === undefined
      ? ' at least, as before the ports ran out'
      : `${isDemandLowerBound ? ' at least' : ''} = made ${formatRate(madePerSecond ?? 0)} + refused ${formatRate(failures.perSecond)} (retries count again)`;
  return [refused, `wanted   ${formatRate(demandPerSecond)}/s${parts}`];
}

function refusedOwners({ processes }: ConnectFailures): string {
  const named = processes
    .slice(0, MOST_REFUSED)
    .map(
      ({ pid, command, refusals }) =>
        `${command || 'a process'}${pid === undefined ? '' : ` (${pid})`} ${formatCount(refusals)}`,
    );
  return named.length === 0 ? '' : `; ${named.join(', ')}`;
}

/** Processes that the detail names. */
const MOST_REFUSED = 3;

/** What its demand would use, instead of a forecast. */
export function dryForecast({ wantedPorts, usable, demandPerSecond }: GroupModel): string {
  return demandPerSecond === null || wantedPorts <= usable
    ? 'forecast out of ports now'
    : `forecast out of ports now; at this demand ${formatCount(wantedPorts)} ports would be in use, and ${formatCount(usable)} are usable`;
}
