import type { GroupModel } from '../group-model.ts';
import { seenSecondsOf } from '../group-outlook.ts';
import type { Model } from '../model.ts';
import { portSettings } from '../sample/port-space.ts';
import { isSeenLongEnough } from '../severity.ts';
import { type AlertRange, isAlert } from './alert-range.ts';

/** The states of a monitoring plugin, by their exit status. */
export const CHECK_STATES = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;

export type CheckState = (typeof CHECK_STATES)[number];

/** Where the states begin. */
export interface CheckLimits {
  /** Of the percentage of usable ports in use in the fullest group. */
  readonly warning: AlertRange;
  readonly critical: AlertRange;
  /** Seconds until a group runs out of ports; less raises the alert. */
  readonly etaWarning: number;
  readonly etaCritical: number;
}

/** Why a check is not OK. `group` is undefined for a reason that concerns all of them. */
export interface CheckReason {
  readonly kind: 'refused' | 'no-ports' | 'eta' | 'used' | 'assumed' | 'partial' | 'unowned';
  readonly state: CheckState;
  readonly group: GroupModel | undefined;
}

/** What a check finds. */
export interface CheckVerdict {
  readonly state: CheckState;
  /** The most important first. */
  readonly reasons: readonly CheckReason[];
  /** The group with the largest share of its ports in use; undefined: no groups. */
  readonly fullest: GroupModel | undefined;
  /** The group that runs out of ports first; undefined: none does. */
  readonly first: GroupModel | undefined;
  /** connect() calls refused while the check looked; undefined: it did not look, or they cannot be seen. */
  readonly refused: number | undefined;
}

/**
 * Judges a model's groups. The careful number counts: ports that may be in use are, if any evidence says so. Refused connections and a machine
 * without any usable port are CRITICAL, whatever the limits are. Assumed settings are a WARNING at least. If some
 * sockets could not be read, nothing but CRITICAL is certain. `unowned`: groups that a filter left out for their owners,
 * which are not all known. If one of them is in trouble, it is not known whether all is well.
 */
export function judge(
  { sample, groups }: Model,
  limits: CheckLimits,
  unowned: readonly GroupModel[] = [],
): CheckVerdict {
  const fullest = most(groups, judgedPercent);
  const first = most(
    groups.filter(({ etaSeconds }) => etaSeconds !== null),
    ({ etaSeconds }) => -(etaSeconds ?? Infinity),
  );
  const reasons = [
    ...groups.filter((group) => refusedIn(group) > 0).map((group) => reason('refused', 2, group)),
    ...(sample.portSpace.usable <= 0 ? [reason('no-ports', 2)] : []),
    ...groups.flatMap((group) => etaReason(group, limits)),
    ...usedReason(groups, limits),
    ...groups.filter(({ isAssumed }) => isAssumed === true).map((it) => reason('assumed', 1, it)),
    // Without groups, no doubt of theirs tells.
    ...(groups.length === 0 && portSettings(sample.sysctls).warnings.length > 0
      ? [reason('assumed', 1)]
      : []),
    ...(sample.sampling.isPartial === true ? [reason('partial', 3)] : []),
    ...unowned
      .filter((group) => isInTrouble(group, limits))
      .map((group) => reason('unowned', 3, group)),
  ].toSorted((a, b) => compareStates(a.state, b.state));
  const isWatched = sample.sampling.refusalsUnseen === undefined;
  return {
    state: reasons[0]?.state ?? 'OK',
    reasons,
    fullest,
    first,
    refused: isWatched ? groups.reduce((sum, group) => sum + refusedIn(group), 0) : undefined,
  };
}

/** The most urgent state is the one to report: what is certainly CRITICAL is so whatever else is not known. */
const RANK: Record<CheckState, number> = { OK: 0, WARNING: 1, UNKNOWN: 2, CRITICAL: 3 };

/** Orders states: the most urgent one first. */
export function compareStates(one: CheckState, other: CheckState): number {
  return RANK[other] - RANK[one];
}

/** The most urgent of several states; OK without one. */
export function worstState(states: readonly CheckState[]): CheckState {
  return states.toSorted(compareStates)[0] ?? 'OK';
}

function reason(kind: CheckReason['kind'], status: 1 | 2 | 3, group?: GroupModel): CheckReason {
  return { kind, state: CHECK_STATES[status], group };
}

function isInTrouble(group: GroupModel, limits: CheckLimits): boolean {
  const reasons = [...etaReason(group, limits), ...usedReason([group], limits)];
  return refusedIn(group) > 0 || reasons.length > 0;
}

/** Without groups, 0 percent are in use. What is in doubt only until TIME_WAIT has passed is no more than a WARNING. */
function usedReason(
  groups: readonly GroupModel[],
  { warning, critical }: CheckLimits,
): CheckReason[] {
  const percentsOf = (group: GroupModel | undefined) =>
    group === undefined ? [0] : [judgedPercent(group), lastingPercent(group)];
  const isSure = (group: GroupModel | undefined) =>
    percentsOf(group).every((percent) => isAlert(critical, percent));
  const fullest = most(groups, judgedPercent);
  // Another one may be nearly as full, and that for sure.
  const sure = [fullest, most(groups, lastingPercent)].filter(isSure);
  if (sure.length > 0) return [reason('used', 2, sure[0])];
  const [used = 0] = percentsOf(fullest);
  return isAlert(warning, used) || isAlert(critical, used) ? [reason('used', 1, fullest)] : [];
}

/** As in the live view, a rush that has only just begun is no more than a warning. */
function etaReason(group: GroupModel, { etaWarning, etaCritical }: CheckLimits): CheckReason[] {
  const { etaSeconds } = group;
  if (etaSeconds === null || etaSeconds >= Math.max(etaWarning, etaCritical)) return [];
  if (etaSeconds >= etaCritical) return [reason('eta', 1, group)];
  return [reason('eta', isSeenLongEnough(etaSeconds, seenSecondsOf(group)) ? 2 : 1, group)];
}

/** Percent of the group's usable ports, or of those of its own range, that are in use or may be. */
export function carefulPercent({ headroomPercentAtLeast }: GroupModel): number {
  return 100 - headroomPercentAtLeast;
}

/** The same without what may be in use, but for which no evidence speaks. */
export function evidentPercent(group: GroupModel): number {
  return 100 - (group.judgedHeadroomPercent ?? group.headroomPercentAtLeast);
}

/** The same as the limits are compared with: what is only assumed passes none, being a WARNING by itself. */
export function judgedPercent(group: GroupModel): number {
  return group.isAssumed === true ? 100 - group.headroomPercent : evidentPercent(group);
}

/** The same without what is in doubt only until TIME_WAIT has passed. */
export function lastingPercent(group: GroupModel): number {
  const { lastingHeadroomPercent } = group;
  return lastingHeadroomPercent === undefined ? judgedPercent(group) : 100 - lastingHeadroomPercent;
}

/** connect() calls of the group that were refused within the last minute, as far as they were seen. */
function refusedIn({ connectFailures }: GroupModel): number {
  return connectFailures?.lastMinute ?? 0;
}

function most(
  groups: readonly GroupModel[],
  measure: (group: GroupModel) => number,
): GroupModel | undefined {
  return groups.reduce<GroupModel | undefined>(
    (found, group) => (found === undefined || measure(group) > measure(found) ? group : found),
    undefined,
  );
}

/** From this use on, a second look is worth its time. */
const HALF_PERCENT = 50;

/**
 * True if a second look could change the verdict. One look sees neither refusals nor the growth of live connections.
 * Below half of the ports, growth that matters shows in the next check; a CRITICAL cannot get worse.
 */
export function needsSecondLook({ state, fullest }: CheckVerdict): boolean {
  return (
    state !== 'CRITICAL' &&
    fullest !== undefined &&
    (judgedPercent(fullest) >= HALF_PERCENT || fullest.uncertain !== undefined)
  );
}

/** True if the state rests on growth between two looks alone. A third one tells whether it goes on, or was a burst. */
export function needsThirdLook({ state, reasons }: CheckVerdict): boolean {
  const decisive = reasons.filter((why) => why.state === state);
  return decisive.length > 0 && decisive.every(isByGrowth);
}

function isByGrowth({ kind, group }: CheckReason): boolean {
  return (
    kind === 'eta' && group !== undefined && (group.growthPerSecond ?? 0) > group.closesPerSecond
  );
}
