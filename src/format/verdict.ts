import type { Model } from '../model/model.ts';
import type { GroupModel } from '../model/group-model.ts';
import { isNear } from '../model/severity.ts';
import { headroomText, isDry, isRecovering, leftText, refusedPerSecond } from './headroom.ts';
import { formatClock, formatCount, formatDuration, formatRate } from './units.ts';

/** The one-line answer to "which group dies, and when". */
export interface Verdict {
  readonly severity: GroupModel['severity'];
  /** The group it is about; undefined if there is none. */
  readonly label?: string;
  /** A word about that group, in brackets. */
  readonly aside?: string;
  /** Follows the label, or stands alone. */
  readonly statement: string;
  /** Parts that may be left out if there is no room, least important last. */
  readonly details: readonly string[];
}

/** Puts a model's worst group into words. */
export function verdictOf(model: Model): Verdict {
  const { worst, sample } = model;
  if (worst === undefined && sample.sampling.isPartial === true)
    return {
      severity: 'warning',
      statement: 'Not all sockets could be read: it is not known which ports are free.',
      details: [],
    };
  if (worst === undefined)
    return {
      severity: 'info',
      statement: 'No outgoing TCP connections: every port is free.',
      details: elsewhere(model),
    };
  return {
    severity: worst.severity,
    label: worst.label,
    statement: statementFor(worst, sample.takenAtMs),
    details: [...detailsFor(worst, sample.takenAtMs), ...elsewhere(model)],
  };
}

/** The last outage of another group, if the worst one has none of its own to tell. */
function elsewhere({ worst, groups, formerOutages = [] }: Model): string[] {
  if (worst?.limit !== undefined) return [];
  const present = groups.flatMap(({ label, limit }) =>
    limit === undefined ? [] : [{ label, ...limit }],
  );
  const [last] = [...present, ...formerOutages].toSorted((a, b) => b.lastMs - a.lastMs);
  return last === undefined ? [] : [`(${last.label} ${outageText(last)})`];
}

function outageText({ sinceMs, lastMs }: { sinceMs: number; lastMs: number }): string {
  return `was out of ports from ${formatClock(sinceMs)} to ${formatClock(lastMs)}`;
}

/** The verdict as one sentence. */
export function verdictText(verdict: Verdict): string {
  return [verdict.label, verdict.statement, ...verdict.details].filter(Boolean).join(' ');
}

function statementFor(group: GroupModel, nowMs: number): string {
  if (isDry(group)) return dryStatement(group, nowMs);
  if (isRecovering(group)) return recoveringStatement(group, nowMs);
  if (group.isAssumed === true) return 'has unknown headroom:';
  if (isNear(group.etaSeconds)) return `runs out of ports in ${formatDuration(group.etaSeconds)}`;
  return `has ${headroomText(group)} of its ports left`;
}

/** Ports that came free within this time are gone again. */
const LATELY_MS = 3000;

/** Statement for a group that is out of ports, or was seconds ago. */
function dryStatement(group: GroupModel, nowMs: number): string {
  const { limit, free } = group;
  if (limit?.refusedWithFree !== undefined && free > 0)
    return `is OUT OF PORTS: the kernel refuses although ${formatCount(free)} look free`;
  const refused = refusedText(group);
  if (refused !== undefined) return `is OUT OF PORTS: ${refused}`;
  const lastMs = limit?.lastMs ?? nowMs;
  return free <= 0 || nowMs - lastMs < LATELY_MS
    ? 'is OUT OF PORTS: connect() fails'
    : `${(limit?.times ?? 1) > 1 ? 'runs OUT OF PORTS again and again' : 'is as good as OUT OF PORTS'}, last at ${formatClock(lastMs)}`;
}

/** Statement for a group that has had room again for less than a minute. */
function recoveringStatement(group: GroupModel, nowMs: number): string {
  const { lastMs = nowMs } = group.limit ?? {};
  const ago = formatDuration(Math.max(0, nowMs - lastMs) / 1000);
  const next = isNear(group.etaSeconds)
    ? `will be again in ${formatDuration(group.etaSeconds)}`
    : `has ${headroomText(group)} of its ports left now`;
  return `was OUT OF PORTS ${ago} ago and ${next}`;
}

/** "refused 85 of 100 connect() calls a second"; undefined: none just now, or not visible. */
export function refusedText({ connectFailures, madePerSecond }: GroupModel): string | undefined {
  const perSecond = connectFailures === undefined ? 0 : refusedPerSecond(connectFailures);
  if (perSecond <= 0) return undefined;
  const refused = formatRate(perSecond);
  return madePerSecond === null
    ? `refused ${refused} connect() calls a second`
    : `refused ${refused} of ${formatRate(perSecond + madePerSecond)} connect() calls a second`;
}

/** Statement when exhaustion is not near. */
function outlook({ etaSeconds, growthPerSecond, severity, uncertain }: GroupModel): string {
  if (etaSeconds !== null) return 'and fills slowly';
  if (growthPerSecond === undefined)
    return severity === 'info'
      ? 'and is the fullest group; growth is not known yet'
      : 'and growth is not known yet';
  const praise = uncertain === undefined ? ': healthy' : ', as far as ephtop can tell';
  return severity === 'info' ? `and is the fullest group${praise}` : 'and does not get fuller';
}

function detailsFor(group: GroupModel, nowMs: number): string[] {
  const { limit } = group;
  const left = `${leftText(group)} of ${formatCount(group.usable)} left`;
  if (isDry(group)) {
    const since =
      limit !== undefined && limit.sinceMs < nowMs
        ? `since ${formatClock(limit.sinceMs)}`
        : limit?.refusedWithFree === undefined
          ? 'with EADDRNOTAVAIL'
          : '';
    const closes = group.closeRate > 0 ? `${formatRate(group.closeRate)} closes/s, ` : '';
    return [...(since === '' ? [] : [since]), `(${demandText(group) || closes}${left})`];
  }
  if (group.isAssumed === true) return [group.uncertain ?? ''];
  const figures =
    group.closeRate > 0 ? `(${formatRate(group.closeRate)} closes/s, ${left})` : `(${left})`;
  const over = limit === undefined ? [] : [`(${outageText(limit)})`];
  if (isNear(group.etaSeconds) || isRecovering(group)) return [figures, ...over];
  return [outlook(group), figures, ...over];
}

/** "at least 300 wanted/s, ": the demand, unless the statement says it. */
function demandText(group: GroupModel): string {
  const { demandPerSecond, isDemandLowerBound } = group;
  if (demandPerSecond === null || refusedText(group) !== undefined) return '';
  return `${isDemandLowerBound ? 'at least ' : ''}${formatRate(demandPerSecond)} wanted/s, `;
}
