import type { Model } from '../model/model.ts';
import type { GroupModel } from '../model/group-model.ts';
import { callRates } from '../model/call-rates.ts';
import { isDemandFormer } from '../model/demand.ts';
import { lullSeconds, outageState } from '../model/outage-state.ts';
import { isNear } from '../model/severity.ts';
import { outAgoText, type PastOutage, pastOutage, wasOutText } from './past-outage.ts';
import { headroomText, isDry, isRecovering, leftText, wantedPerSecond } from './headroom.ts';
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
  /** The name of its place; undefined where there is one place only. */
  readonly place?: string | undefined;
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
  const outage = past === undefined ? [] : [`— ${past.beside}`];
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
  return [placeLead(verdict), verdict.label, verdict.statement, ...verdict.details]
    .filter(Boolean)
    .join(' ');
}

/** `web-1:`, before what it is about; '' where there is one place only. */
export function placeLead({ place }: Pick<Verdict, 'place'>): string {
  return place === undefined ? '' : `${place}:`;
}

function statementFor(group: GroupModel, nowMs: number): string {
  if (isDry(group)) return dryStatement(group, nowMs);
  if (isRecovering(group)) return recoveringStatement(group, nowMs);
  if (group.isAssumed === true) return 'has unknown headroom';
  if (isNear(group.etaSeconds)) return `runs out of ports in ${formatDuration(group.etaSeconds)}`;
  return `has ${headroomText(group)} of its ports left`;
}

/** Statement for a group that is out of ports, or was seconds ago. */
function dryStatement(group: GroupModel, nowMs: number): string {
  const { limit, free } = group;
  switch (outageState(group, nowMs)) {
    case 'contradicted':
      return `is OUT OF PORTS: ${sinceText(group, nowMs, 'the kernel refuses')} although ${formatCount(free)} look free`;
    case 'refusing':
      return `is OUT OF PORTS: ${refusedText(group) ?? ''}`;
    case 'lull':
      return `${isRepeated(limit) ? 'is OUT OF PORTS on and off' : 'is as good as OUT OF PORTS'} since ${formatClock(limit?.sinceMs ?? nowMs)}`;
    default:
      return free > 0
        ? 'is OUT OF PORTS: connect() fails but for moments'
        : 'is OUT OF PORTS: connect() fails';
  }
}

/** Once more may be chance, or the end of an outage. */
const TELLING_TIMES = 3;

function isRepeated(limit: GroupModel['limit']): boolean {
  return (limit?.times ?? 1) >= TELLING_TIMES;
}

function sinceText({ limit }: GroupModel, nowMs: number, words: string): string {
  return limit !== undefined && limit.sinceMs < nowMs
    ? `since ${formatClock(limit.sinceMs)} ${words}`
    : words;
}

/** The statements for narrow screens: they tell the same state. */
function shorterFor(group: GroupModel, nowMs: number): string[] {
  const { limit, free, etaSeconds } = group;
  if (isDry(group)) return shorterDry(group, nowMs);
  if (limit === undefined) return [];
  if (!isNear(etaSeconds))
    return [`${outAgoText(limit.lastMs, nowMs)}, ${headroomText(group)} left`];
  const soon = `runs out in ${formatEta(etaSeconds)}`;
  return free > 0 ? [`${soon}, ${wasOutText(limit.lastMs, nowMs)}`, soon] : [];
}

function shorterDry(group: GroupModel, nowMs: number): string[] {
  const { limit, free } = group;
  switch (outageState(group, nowMs)) {
    case 'contradicted':
      return [`OUT OF PORTS though ${formatShortCount(free)} look free`];
    case 'refusing': {
      const refused = (refusedText(group) ?? '').replace(' connect() calls a second', '/s');
      const alone = `refused ${formatRate(callRates(group)?.refused ?? 0)}/s`;
      return [`is OUT OF PORTS: ${refused}`, `OUT OF PORTS: ${refused}`, `OUT OF PORTS: ${alone}`];
    }
    case 'lull': {
      const words = isRepeated(limit) ? 'OUT OF PORTS on and off' : 'as good as OUT OF PORTS';
      return [`${words} (${formatEta(lullSeconds(group, nowMs) ?? 0)} ago)`];
    }
    default:
      return ['OUT OF PORTS: connect() fails'];
  }
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
  if (isDry(group)) return dryDetails(group, nowMs, left);
  if (group.isAssumed === true)
    return group.uncertain === undefined ? [] : [`(${group.uncertain})`];
  const figures = `(${[...ratesOf(group), left].join(', ')})`;
  if (isNear(group.etaSeconds) || isRecovering(group)) return [figures];
  return [outlook(group), figures];
}

/** A rate that is off the mean of 10 s by more than this share of it is told too. */
const TELLING_SHARE = 0.2;

/** What takes ports, as far as it is told as a rate: the countdown follows from these, and from what is left. */
function ratesOf(group: GroupModel): string[] {
  const { closeRate, closesPerSecond, trend, etaSeconds, takenPerSecond = 0 } = group;
  const mean = closeRate > 0 ? [`${formatRate(closeRate)} closes/s`] : [];
  if (!isNear(etaSeconds)) return mean;
  const isOther = Math.abs(closesPerSecond - closeRate) > TELLING_SHARE * closeRate;
  const isTold = mean.length > 0 && isOther && trend.bursts === undefined;
  const others = Math.round(takenPerSecond);
  return [
    ...mean,
    ...(isTold ? [`${formatRate(closesPerSecond)} now`] : []),
    ...(others > 0 ? [`bind() of others takes ${formatRate(others)}/s`] : []),
  ];
}

/** Since when a group is out of ports, or when it was last, as the statement says the other; demand and ports. */
function dryDetails(group: GroupModel, nowMs: number, left: string): string[] {
  const { limit, closeRate } = group;
  const state = outageState(group, nowMs);
  const closes = closeRate > 0 ? `${formatRate(closeRate)} closes/s, ` : '';
  const figures = `${demandText(group) || closes}${left}`;
  if (state === 'contradicted') return [`(${figures})`];
  if (state === 'lull') return [`(last at ${formatClock(limit?.lastMs ?? nowMs)}; ${figures})`];
  const isNew = limit === undefined || limit.sinceMs >= nowMs;
  return [isNew ? 'with EADDRNOTAVAIL' : `since ${formatClock(limit.sinceMs)}`, `(${figures})`];
}

/** "at least 300 wanted/s, ", "300 wanted/s before, ": the demand, unless the statement says it. */
function demandText(group: GroupModel): string {
  const wanted = wantedPerSecond(group);
  if (wanted === undefined || refusedText(group) !== undefined) return '';
  if (isDemandFormer(group)) return `${formatRate(wanted)} wanted/s before, `;
  return `${group.isDemandLowerBound ? 'at least ' : ''}${formatRate(wanted)} wanted/s, `;
}
