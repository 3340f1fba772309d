import { formatCount, formatCounted, formatDuration, formatPercent } from '../format/units.ts';
import { isDry, leftText } from '../format/headroom.ts';
import { withoutStop } from '../format/sentence.ts';
import {
  type CheckLimits,
  type CheckReason,
  type CheckVerdict,
  carefulPercent,
  evidentPercent,
  judgedPercent,
} from '../model/check/check-verdict.ts';
import { type AlertRange, isAlert } from '../model/check/alert-range.ts';
import type { GroupModel } from '../model/group-model.ts';
import { seenSecondsOf } from '../model/group-outlook.ts';
import type { Model } from '../model/model.ts';
import { portSettings } from '../model/sample/port-space.ts';
import { limitNotes } from './check-limits.ts';
import { pluginText, statusLine } from './plugin-line.ts';

/** What the output of a check is made of. */
export interface CheckedModel {
  /** With the groups that were judged. */
  readonly model: Model;
  readonly verdict: CheckVerdict;
  readonly limits: CheckLimits;
  /** Groups that the filter left out. */
  readonly filteredOut: number;
  /** Looks at the kernel: 1, or up to 3 if the first left something open. */
  readonly looks: number;
  /** 0: the line alone; 1: more in it; 2 and more: lines below it. */
  readonly verbosity: number;
}

/** Most groups below the line: Icinga keeps 64 KB of output, Nagios 8. */
const MOST_LINES = 50;

/**
 * The output of a monitoring plugin: status, text, a pipe character, performance data; then, if asked for, more lines
 * of text. ASCII, as far as it is ephtop's own text.
 */
export function checkText(checked: CheckedModel): string {
  const { verdict, verbosity } = checked;
  const text = [
    summary(checked),
    ...(verbosity >= 1 ? [...details(checked), ...limitNotes(checked.limits)] : []),
  ].join('; ');
  const line = `${statusLine(verdict.state, text)} | ${performanceData(checked).join(' ')}`;
  return [line, ...(verbosity >= 2 ? longLines(checked) : [])].join('\n');
}

/** What the line says of the worst group, or of the fullest one. */
export function summary(checked: CheckedModel): string {
  const [first] = checked.verdict.reasons;
  if (first === undefined) return healthyText(checked);
  const others = new Set(checked.verdict.reasons.map(({ group }) => group));
  others.delete(first.group);
  others.delete(undefined);
  const more = others.size === 0 ? [] : [`${formatCounted(others.size, 'more group')} in trouble`];
  return [reasonText(first, checked), ...more].join('; ');
}

function healthyText({ verdict: { fullest }, model, filteredOut }: CheckedModel): string {
  if (fullest !== undefined)
    return `${fullest.label} is ${isDry(fullest) ? 'out of ports, and ' : ''}the fullest of ${formatCounted(model.groups.length, 'group')}: ${useText(fullest)}`;
  if (filteredOut === 0) return 'no outgoing TCP connections, every port is free';
  const smaller = model.sample.remainder.groups;
  return smaller === 0
    ? `no group matches the filter, and ${formatCount(filteredOut)} ${filteredOut === 1 ? 'does' : 'do'} not`
    : `none of the ${formatCount(filteredOut)} fullest groups matches the filter; ${formatCounted(smaller, 'smaller one')} not looked at`;
}

function reasonText({ kind, state, group }: CheckReason, { model, limits }: CheckedModel): string {
  if (kind === 'partial')
    return `not all sockets could be read, it is not known which ports are free${whyPartial(model)}`;
  if (kind === 'no-ports') {
    const { low, high } = model.sample.portSpace;
    return `no connect() can get a port: all of ${low}-${high} are reserved or held`;
  }
  if (kind === 'assumed' && group === undefined)
    return `no group to judge, and settings are assumed: ${portSettings(model.sample.sysctls).warnings.join('; ')}`;
  const limit = state === 'CRITICAL' ? limits.critical : limits.warning;
  if (group === undefined) return `no outgoing TCP connections: 0% used is ${where(limit)}`;
  const words = `${group.label} ${predicate(kind, group, limit)}`;
  const isHeldBack =
    kind === 'eta' && state === 'WARNING' && (group.etaSeconds ?? Infinity) < limits.etaCritical;
  if (kind === 'used' && state === 'WARNING' && isAlert(limits.critical, judgedPercent(group)))
    return `${words}, in doubt only until TIME_WAIT has passed`;
  // Else it would not be clear why this is not CRITICAL.
  return isHeldBack
    ? `${words}, seen for ${formatDuration(Math.max(1, seenSecondsOf(group)))} only`
    : words;
}

/** What could not be read, where that is said. */
function whyPartial({ sample }: CheckedModel['model']): string {
  const [warning] = sample.sampling.warnings;
  return warning === undefined ? '' : `: ${withoutStop(warning)}`;
}

/** "outside 10:", "inside @10:20". */
function where({ isInside, text }: AlertRange): string {
  return `${isInside ? 'inside' : 'outside'} ${text}`;
}

function predicate(kind: CheckReason['kind'], group: GroupModel, limit: AlertRange): string {
  const { etaSeconds, connectFailures, uncertain } = group;
  if (kind === 'used' && isDry(group)) return `is out of ports, ${useText(group)}`;
  switch (kind) {
    case 'refused': {
      const refused = connectFailures?.lastMinute ?? 0;
      return `is out of ports: the kernel refused ${formatCounted(refused, 'connect()')} during this check, ${useText(group)}`;
    }
    case 'eta':
      return etaSeconds !== null && etaSeconds > 0
        ? `runs out of ports in ${formatDuration(etaSeconds)}, ${useText(group)}`
        : `is out of ports, ${useText(group)}`;
    case 'assumed':
      return `cannot be judged for sure: ${withoutStop(uncertain ?? 'settings are assumed')}`;
    case 'unowned':
      return `may be of the owner that the filter asks for, and is in trouble: ${useText(group)}`;
    default:
      return limit.isInside || judgedPercent(group) <= limit.end
        ? `stands at ${useText(group)}, ${where(limit)}`
        : `is short of ports: ${useText(group)}`;
  }
}

/** "95.6% used (1,231 of 28,231 left)". */
function useText(group: GroupModel): string {
  const upTo = group.uncertain === undefined ? '' : 'up to ';
  const doubt = group.uncertain === undefined ? '' : ', uncertain';
  const whole = isOfOwnRange(group) ? ' of its own range' : '';
  return `${upTo}${formatPercent(carefulPercent(group))}${whole} used (${leftText(group)} of ${formatCount(group.usable)} left${doubt})`;
}

/** True if the group's percentage is that of a port range of its own, not of all usable ports. */
function isOfOwnRange({ ownHeadroomPercent, headroomPercentAtLeast }: GroupModel): boolean {
  return ownHeadroomPercent !== undefined && ownHeadroomPercent === headroomPercentAtLeast;
}

/** What -v adds to the line. */
function details({ model: { sample }, verdict, looks }: CheckedModel): string[] {
  const { sampling, portSpace } = sample;
  const [first] = verdict.reasons;
  const group = first?.group ?? verdict.fullest;
  const refusals =
    sampling.refusalsUnseen === undefined
      ? ['refused connections were looked for']
      : [`refused connections: ${withoutStop(sampling.refusalsUnseen)}`];
  return [
    // A line that is about the doubt has said it.
    ...(group?.uncertain === undefined || first?.kind === 'assumed'
      ? []
      : [`uncertain: ${withoutStop(group.uncertain)}`]),
    `${formatCounted(sampling.sockets, 'socket')} by ${sampling.source} in ${sampling.durationMs.toFixed(0)} ms, ${looks === 1 ? 'one look' : `${looks} looks`}`,
    `range ${portSpace.low}-${portSpace.high}, ${formatCount(portSpace.usable)} of ${formatCount(portSpace.size)} usable`,
    ...refusals,
  ];
}

/** What -vv adds below it: warnings, reasons, groups. */
export function longLines(checked: CheckedModel): string[] {
  const { model, verdict } = checked;
  const shown = model.groups.slice(0, MOST_LINES);
  const left = model.groups.length - shown.length;
  return [
    ...model.sample.sampling.warnings,
    ...verdict.reasons
      .map((why) => `${why.state}: ${reasonText(why, checked)}`)
      .slice(0, MOST_LINES),
    ...shown.map((group) => `${group.label}: ${useText(group)}, ${etaText(group)}`),
    ...(left === 0 ? [] : [`${formatCounted(left, 'group')} more`]),
  ].map(pluginText);
}

function etaText({ etaSeconds, growthPerSecond }: GroupModel): string {
  if (etaSeconds !== null) return `out of ports in ${formatDuration(etaSeconds)}`;
  return growthPerSecond === undefined
    ? 'not running out by its closes, growth not known yet'
    : 'not running out';
}

/** `label=value[UOM];warn;crit;min;max`, one after another; labels without blanks need no quotes. What is not known is left out. */
export function performanceData({ model, verdict, limits }: CheckedModel): string[] {
  const { first, refused } = verdict;
  const { used, free } = useData({ model, verdict });
  const eta = first?.etaSeconds ?? undefined;
  return [
    `used=${used};${limits.warning.text};${limits.critical.text};0;100`,
    `free=${free}`,
    ...(eta === undefined
      ? []
      : [`eta=${figure(eta)}s;${figure(limits.etaWarning)}:;${figure(limits.etaCritical)}:;0`]),
    ...(refused === undefined ? [] : [`refused=${figure(refused)};;0;0`]),
    `groups=${model.groups.length};;;0`,
  ];
}

/** Percent in use, and free ports with their limits, of the fullest group; `U` where that is not known. */
export function useData({ model, verdict }: Pick<CheckedModel, 'model' | 'verdict'>): {
  readonly used: string;
  readonly free: string;
} {
  const { fullest, reasons } = verdict;
  const { portSpace, sampling } = model.sample;
  const isUnowned = reasons.some(({ kind }) => kind === 'unowned');
  const isUnknown = sampling.isPartial === true || (fullest === undefined && isUnowned);
  const used = isUnknown ? 'U' : `${figure(fullest ? evidentPercent(fullest) : 0)}%`;
  const free = isUnknown ? 'U' : figure(fullest?.freeAtLeast ?? portSpace.usable);
  const most =
    fullest !== undefined && isOfOwnRange(fullest)
      ? ''
      : `;${figure(fullest?.usable ?? portSpace.usable)}`;
  return { used, free: `${free};;;0${most}` };
}

/** A number as performance data has it: digits, a point, a minus sign. */
function figure(value: number): string {
  return String(Number(Math.max(0, value).toFixed(2)));
}
