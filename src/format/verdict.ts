import type { Model } from '../model/model.ts';
import type { GroupModel } from '../model/group-model.ts';
import { lullSeconds } from '../model/lull.ts';
import { isNear } from '../model/severity.ts';
import { agoText, type PastOutage, pastOutage } from './past-outage.ts';
import { callRates, headroomText, isDry, isRecovering, leftText } from './headroom.ts';
import {
  formatClock,
  formatCount,
  formatDuration,
  formatEta,
  formatRate,
  formatShortCount,
} from './units.ts';

/** The one-line answer to "which group dies, and when". */
export interface Verdict {
  readonly severity: GroupModel['severity'];
  /** The group it is about; undefined if there is none. */
  readonly label?: string;
  /** The same, for a label that is shortened to fit. */
  readonly group?: GroupModel;
  /** A word about that group, in brackets. */
  readonly aside?: string;
  /** Follows the label, or stands alone. */
  readonly statement: string;
  /** The same in fewer words, for narrower and narrower screens: down to 35 columns. */
  readonly shorter?: readonly string[];
  /** Parts that may be left out if there is no room, least important last. */
  readonly details: readonly string[];
  /** The last outage, which is over: its text is the last of the details. */
  readonly past?: PastOutage | undefined;
}

/** Puts a model's worst group into words. */
export function verdictOf(model: Model): Verdict {
  const { worst, sample } = model;
  const past = pastOutage(model);
  const outage = past === undefined ? [] : [past.text];
  if (worst === undefined && sample.sampling.isPartial === true)
    return {
      severity: 'warning',
      statement: 'Not all sockets could be read: it is not known which ports are free.',
      shorter: ['Not all sockets read: ports unknown'],
      details: [],
    };
  if (worst === undefined)
    return {
      severity: 'info',
      statement: 'No outgoing TCP connections: every port is free.',
      shorter: ['No outgoing TCP: every port is free'],
      details: outage,
      past,
    };
  return {
    severity: worst.severity,
    label: worst.label,
    group: worst,
    statement: statementFor(worst, sample.takenAtMs),
    shorter: shorterFor(worst, sample.takenAtMs),
    details: [...detailsFor(worst, sample.takenAtMs), ...outage],
    past,
  };
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

/** Statement for a group that is out of ports, or was seconds ago. */
function dryStatement(group: GroupModel, nowMs: number): string {
  const { limit, free } = group;
  if (limit?.refusedWithFree !== undefined && free > 0)
    return `is OUT OF PORTS: ${sinceText(group, nowMs, 'the kernel refuses')} although ${formatCount(free)} look free`;
  const refused = refusedText(group);
  if (refused !== undefined) return `is OUT OF PORTS: ${refused}`;
  if (lullSeconds(group, nowMs) === undefined) return 'is OUT OF PORTS: connect() fails';
  const isRepeated = (limit?.times ?? 1) > 1;
  const words = isRepeated ? 'runs OUT OF PORTS again and again' : 'is as good as OUT OF PORTS';
  return `${words} since ${formatClock(limit?.sinceMs ?? nowMs)}`;
}

function sinceText({ limit }: GroupModel, nowMs: number, words: string): string {
  return limit !== undefined && limit.sinceMs < nowMs
    ? `since ${formatClock(limit.sinceMs)} ${words}`
    : words;
}

/** The statements for narrow screens. */
function shorterFor(group: GroupModel, nowMs: number): string[] {
  const { limit, free, connectFailures, etaSeconds } = group;
  const rates = callRates(group);
  const { lastMs = nowMs } = limit ?? {};
  if (limit !== undefined && !isDry(group)) {
    const ago = agoText(lastMs, nowMs);
    return [
      isNear(etaSeconds)
        ? `${ago}, and in ${formatEta(etaSeconds)}`
        : `${ago}, ${headroomText(group)} left`,
    ];
  }
  if (!isDry(group)) return [];
  if (limit?.refusedWithFree !== undefined && free > 0)
    return [`OUT OF PORTS though ${formatShortCount(free)} look free`];
  const refused = refusedText(group)?.replace(' connect() calls a second', '/s');
  if (refused !== undefined && rates !== undefined)
    return [
      `is OUT OF PORTS: ${refused}`,
      `OUT OF PORTS: ${refused}`,
      `OUT OF PORTS: refused ${formatRate(rates.refused)}/s`,
    ];
  if (lullSeconds(group, nowMs) === undefined) return [];
  const { lastMinute = 0 } = connectFailures ?? {};
  return [
    lastMinute > 0
      ? `OUT OF PORTS, ${formatShortCount(lastMinute)} refused in 60 s`
      : `OUT OF PORTS, last at ${formatClock(lastMs)}`,
  ];
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
export function refusedText(group: GroupModel): string | undefined {
  const { refused, made } = callRates(group) ?? { refused: 0 };
  if (refused <= 0) return undefined;
  const total = made === undefined ? '' : ` of ${formatRate(refused + made)}`;
  return `refused ${formatRate(refused)}${total} connect() calls a second`;
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
  const left = `${leftText(group)} of ${formatCount(group.usable)} left`;
  if (isDry(group)) {
    const closes = group.closeRate > 0 ? `${formatRate(group.closeRate)} closes/s, ` : '';
    return [...dryDetails(group, nowMs), `(${demandText(group) || closes}${left})`];
  }
  if (group.isAssumed === true) return [group.uncertain ?? ''];
  const figures =
    group.closeRate > 0 ? `(${formatRate(group.closeRate)} closes/s, ${left})` : `(${left})`;
  if (isNear(group.etaSeconds) || isRecovering(group)) return [figures];
  return [outlook(group), figures];
}

/** Since when a group is out of ports, or when it was last; the statement says the other. */
function dryDetails(group: GroupModel, nowMs: number): string[] {
  const { limit, free } = group;
  if (limit?.refusedWithFree !== undefined && free > 0) return [];
  if (lullSeconds(group, nowMs) !== undefined)
    return [`(last at ${formatClock(limit?.lastMs ?? nowMs)})`];
  const isNew = limit === undefined || limit.sinceMs >= nowMs;
  return [isNew ? 'with EADDRNOTAVAIL' : `since ${formatClock(limit.sinceMs)}`];
}

/** "at least 300 wanted/s, ": the demand, unless the statement says it. */
function demandText(group: GroupModel): string {
  const { demandPerSecond, isDemandLowerBound } = group;
  if (demandPerSecond === null || refusedText(group) !== undefined) return '';
  return `${isDemandLowerBound ? 'at least ' : ''}${formatRate(demandPerSecond)} wanted/s, `;
}
