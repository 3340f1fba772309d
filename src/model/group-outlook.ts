import type { Place } from '../kernel/place.ts';
import { closeTrend } from './close-trend.ts';
import { demandOf } from './demand.ts';
import { type Course, type Forecast, forecastGroup, forecastUsed } from './forecast.ts';
import type { GroupModel } from './group-model.ts';
import type { GroupPast } from './group-past.ts';
import { limitReached, type LimitState } from './limit-memory.ts';
import { isRefusedLately } from './recent-refusals.ts';
import { headroomPercent } from './sample/headroom.ts';
import type { TupleGroup } from './sample/tuple-group.ts';
import { carefulSeverity, heldSeverity, type Severity, severityOf } from './severity.ts';
import type { TimerWheel } from './timer-wheel.ts';
import { inAll, portsAtThisRate, wantedPorts } from './wanted-ports.ts';

/** Adds demand and forecast to a group. `taken`: ports that other groups take from it by then. */
export function groupOutlook(
  group: TupleGroup,
  past: GroupPast,
  takenAtMs: number,
  wheel: TimerWheel | undefined,
  place: Place,
  taken?: Course,
): GroupModel {
  const { growth, madePerSecond } = past;
  const limit = past.limit ?? limitOfOneLook(group, takenAtMs);
  const isDry = limit?.stage === 'dry';
  const forecast = past.forecast ?? forecastOf(group, past, wheel, taken);
  const demand = demandOf(group, { ...past, limit });
  const etaSeconds = isDry ? 0 : forecast.etaSeconds;
  const doubt = doubtOf(group, limit, takenAtMs);
  const used = group.usable - doubt.freeAtLeast;
  const isRefuted = doubt.freeAtLeast < group.freeAtLeast;
  const ofOwnRange = isRefuted ? undefined : group.ownHeadroomPercent;
  const headroomPercentAtLeast = ofOwnRange ?? headroomPercent(used, group.usable);
  const { passing, unsupported } = isRefuted ? NO_DOUBT : lightDoubts(group);
  const percentWithout = (ports: number) => headroomPercent(used - ports, group.usable);
  const judgedHeadroomPercent = unsupported > 0 ? percentWithout(unsupported) : undefined;
  const lastingHeadroomPercent = passing > 0 ? percentWithout(unsupported + passing) : undefined;
  const grown = {
    growthPerSecond: growth?.perSecond,
    growthSeenSeconds: growth?.seenSeconds ?? 0,
  };
  const seenSeconds = seenSecondsOf({ ...forecast, ...grown });
  const judged =
    group.isAssumed === true
      ? assumedSeverity(severityOf(group, etaSeconds, seenSeconds))
      : carefulSeverity(
          judgedHeadroomPercent ?? headroomPercentAtLeast,
          lastingHeadroomPercent,
          etaSeconds,
          seenSeconds,
        );
  const severityNow = severityIn(limit, group, judged);
  // An outage lasts by rules of its own: after it only forecasts can alternate.
  const before = limit !== undefined && etaSeconds === null ? undefined : past.severity;
  const { severity, atMs } = heldSeverity(severityNow, takenAtMs, before);
  const wanted = Math.max(
    group.used,
    limit !== undefined && limit.stage !== 'over' && demand.mostPerSecond !== null
      ? inAll(wantedPorts(group, demand.mostPerSecond, past))
      : forecast.steadyStateUsed,
    inAll(portsAtThisRate(group, growth?.perSecond ?? 0, forecast.closesPerSecond)),
  );
  return {
    ...group,
    place,
    ...forecast,
    ...doubt,
    etaSeconds,
    etaRangeSeconds: isDry ? null : forecast.etaRangeSeconds,
    steadyStateUsed: isDry ? wanted : forecast.steadyStateUsed,
    ...grown,
    madePerSecond: madePerSecond ?? null,
    demandPerSecond: demand.perSecond,
    isDemandLowerBound: demand.isLowerBound,
    mostDemandPerSecond: demand.mostPerSecond,
    wantedPorts: wanted,
    limit,
    headroomPercentAtLeast,
    judgedHeadroomPercent,
    lastingHeadroomPercent,
    severity,
    severityNow,
    severityAtMs: atMs,
    past,
  };
}

const NO_DOUBT = { passing: 0, unsupported: 0 };

/** Doubtful ports that do not count in full for severity, unless connect() was refused. Under a what-if there may be fewer. */
function lightDoubts(group: TupleGroup): typeof NO_DOUBT {
  if (isRefusedLately(group)) return NO_DOUBT;
  const { free, freeAtLeast, passingDoubt = 0, unsupportedDoubt = 0 } = group;
  const unsupported = Math.min(unsupportedDoubt, free - freeAtLeast);
  return { unsupported, passing: Math.min(passingDoubt, free - freeAtLeast - unsupported) };
}

function forecastOf(
  group: TupleGroup,
  past: GroupPast,
  wheel: TimerWheel | undefined,
  taken: Course | undefined,
): Forecast {
  const { growthPerSecond, trend } = presentRates(group, past);
  return forecastGroup(group, growthPerSecond, wheel, trend, taken);
}

/** Ports that a group will use if its own rates go on. */
export function courseAtPresent(
  group: TupleGroup,
  past: GroupPast,
  wheel: TimerWheel | undefined,
): Course {
  const { growthPerSecond, trend } = presentRates(group, past);
  return forecastUsed(group, growthPerSecond, wheel, trend);
}

function presentRates(group: TupleGroup, past: GroupPast) {
  const trend = past.trend?.trend ?? closeTrend(group.drainSchedule);
  const draining = drainPerSecond({ closesPerSecond: trend.perSecond }, past);
  return { growthPerSecond: draining ?? past.growth?.perSecond ?? 0, trend };
}

/** How a pool shrinks whose closes are not made up for, in connections per second below 0; undefined: it does not. */
export function drainPerSecond(
  { closesPerSecond }: Pick<Forecast, 'closesPerSecond'>,
  { growth, openedShare }: Pick<GroupPast, 'growth' | 'openedShare'>,
): number | undefined {
  if (openedShare === undefined || (growth?.perSecond ?? 0) < 0) return undefined;
  return -(1 - openedShare) * closesPerSecond;
}

/** A recovering group is at least a warning for a minute, and critical while refusals of the last 10 s count. */
function severityIn(
  limit: LimitState | undefined,
  { connectFailures }: TupleGroup,
  judged: Severity,
): Severity {
  if (limit?.stage === 'dry') return 'critical';
  if (limit?.stage !== 'recovering') return judged;
  return (connectFailures?.perSecond ?? 0) > 0 ? 'critical' : assumedSeverity(judged);
}

/** Assumed values deserve a look: at least a warning. */
function assumedSeverity(severity: Severity): Severity {
  return severity === 'info' ? 'warning' : severity;
}

/** Limit state of a group without a past: it is at its limit if no port is left. */
function limitOfOneLook({ free, usable }: TupleGroup, takenAtMs: number): LimitState | undefined {
  return free > 0 || usable < 0 ? undefined : limitReached(takenAtMs);
}

/** Sets `freeAtLeast` to 0 if the kernel refuses although ports look free: the model is wrong, or they came free since. */
function doubtOf(
  group: TupleGroup,
  limit: LimitState | undefined,
  takenAtMs: number,
): Pick<TupleGroup, 'freeAtLeast' | 'uncertain'> {
  const { free, freeAtLeast, uncertain, connectFailures } = group;
  const refusedWithFree = limit?.refusedWithFree;
  if (free <= 0) return { freeAtLeast, uncertain };
  if (refusedWithFree !== undefined)
    return { freeAtLeast: 0, uncertain: contradictionText(group, refusedWithFree) };
  const refusedAtMs = connectFailures?.lastAtMs ?? -Infinity;
  return limit?.stage !== 'recovering' && takenAtMs - refusedAtMs < MOMENT_MS
    ? { freeAtLeast: 0, uncertain: uncertain ?? CAME_FREE_TEXT }
    : { freeAtLeast, uncertain };
}

/** Ports that come free within this time of a refusal will be taken at once. */
const MOMENT_MS = 1000;
const CAME_FREE_TEXT =
  'Connections are refused as fast as ports come free: the ports free now will be gone in a moment.';

function contradictionText(group: TupleGroup, free: number): string {
  return `The kernel refuses connections although ${free} ports look free: ${likelyCause(group, free)}`;
}

/** The likely reason why the kernel refuses although ports look free. */
function likelyCause(
  { uncertain, timeWaitUsed, reusable, bindBeforeConnect }: TupleGroup,
  free: number,
): string {
  if (uncertain !== undefined) return uncertain;
  if (bindBeforeConnect.suspected)
    return 'a program may hold more ports by bind() than the table shows.';
  if (reusable > free / 2 && reusable > timeWaitUsed)
    return `${reusable} of them are in TIME_WAIT and should be taken over; that seems not to work.`;
  return 'the program may have a port range of its own (IP_LOCAL_PORT_RANGE), or hold ports by bind() that no table shows.';
}

/** How long the main input of a forecast (closes or growth) has been observed, in seconds. */
export function seenSecondsOf({
  growthPerSecond = 0,
  growthSeenSeconds,
  closesPerSecond,
  closesSeenSeconds,
}: Pick<
  GroupModel,
  'growthPerSecond' | 'growthSeenSeconds' | 'closesPerSecond' | 'closesSeenSeconds'
>): number {
  return growthPerSecond > closesPerSecond ? growthSeenSeconds : closesSeenSeconds;
}
