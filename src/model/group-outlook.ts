import { demandOf } from './demand.ts';
import { type Forecast, forecastGroup } from './forecast.ts';
import type { GroupModel } from './group-model.ts';
import type { GroupPast } from './group-past.ts';
import type { LimitState } from './limit-memory.ts';
import type { LiveGrowth } from './live-growth.ts';
import { headroomPercent } from './sample/headroom.ts';
import type { TupleGroup } from './sample/tuple-group.ts';
import { type Severity, severityOf } from './severity.ts';
import type { TimerWheel } from './timer-wheel.ts';
import { wantedPorts } from './wanted-ports.ts';

/** A group with what it wants and what becomes of it. */
export function groupOutlook(
  group: TupleGroup,
  past: GroupPast,
  takenAtMs: number,
  wheel: TimerWheel | undefined,
): GroupModel {
  const { growth, madePerSecond } = past;
  const limit = past.limit ?? limitOfOneLook(group, takenAtMs);
  const isDry = limit?.isDry === true;
  const forecast = forecastGroup(group, growth?.perSecond ?? 0, wheel);
  const demand = demandOf(group, madePerSecond, limit);
  const etaSeconds = isDry ? 0 : forecast.etaSeconds;
  const doubt = doubtOf(group, limit);
  const used = group.usable - doubt.freeAtLeast;
  const headroomPercentAtLeast = headroomPercent(used, group.usable);
  const wanted = Math.max(
    group.used,
    isDry && demand.perSecond !== null
      ? sumOf(wantedPorts(group, demand.perSecond, past))
      : forecast.steadyStateUsed,
  );
  return {
    ...group,
    ...forecast,
    ...doubt,
    etaSeconds,
    etaRangeSeconds: isDry ? null : forecast.etaRangeSeconds,
    steadyStateUsed: isDry ? wanted : forecast.steadyStateUsed,
    growthPerSecond: growth?.perSecond,
    growthSeenSeconds: growth?.seenSeconds ?? 0,
    madePerSecond: madePerSecond ?? null,
    demandPerSecond: demand.perSecond,
    isDemandLowerBound: demand.isLowerBound,
    wantedPorts: wanted,
    limit,
    headroomPercentAtLeast,
    severity: isDry
      ? 'critical'
      : group.isAssumed === true
        ? assumedSeverity(severityOf(group, etaSeconds, seenSeconds(forecast, growth)))
        : severityOf(
            { headroomPercent: headroomPercentAtLeast },
            etaSeconds,
            seenSeconds(forecast, growth),
          ),
    past,
  };
}

/** What may be anything is worth a look, and not an alarm. */
function assumedSeverity(severity: Severity): Severity {
  return severity === 'info' ? 'warning' : severity;
}

/** A group that has no port left is out of ports, whatever is remembered. */
function limitOfOneLook({ free, usable }: TupleGroup, takenAtMs: number): LimitState | undefined {
  return free > 0 || usable < 0
    ? undefined
    : {
        isDry: true,
        sinceMs: takenAtMs,
        lastMs: takenAtMs,
        madeBeforePerSecond: undefined,
        refusedWithFree: undefined,
      };
}

/** Refusals while ports look free: the kernel is right, and the model is not. */
function doubtOf(
  { free, freeAtLeast, uncertain }: TupleGroup,
  limit: LimitState | undefined,
): Pick<TupleGroup, 'freeAtLeast' | 'uncertain'> {
  const refusedWithFree = limit?.refusedWithFree;
  if (refusedWithFree === undefined || free <= 0) return { freeAtLeast, uncertain };
  return { freeAtLeast: 0, uncertain: contradictionText(refusedWithFree, uncertain) };
}

function contradictionText(free: number, uncertain: string | undefined): string {
  const said = `The kernel refuses connections although ${free} ports look free`;
  return uncertain === undefined ? `${said}.` : `${said}: ${uncertain}`;
}

/** For how long it has been seen what a forecast rests on most: closes, or growth. */
function seenSeconds(forecast: Forecast, growth: LiveGrowth | undefined): number {
  return growth !== undefined && growth.perSecond > forecast.closesPerSecond
    ? growth.seenSeconds
    : forecast.closesSeenSeconds;
}

function sumOf({ live, timeWait }: ReturnType<typeof wantedPorts>): number {
  return live + timeWait;
}
