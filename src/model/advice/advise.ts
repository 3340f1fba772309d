import { type ForeignText, rawText } from '../../kernel/foreign-text.ts';
import { type Severity, severityRank } from '../severity.ts';
import type { GroupModel } from '../group-model.ts';
import type { Sample } from '../sample/sample.ts';
import type { Advice, Rule, Situation, Suggestion } from './advice.ts';
import { isMoreWanted } from '../wanted-ports.ts';
import type { WhatIf } from '../what-if/changes.ts';
import { headroomInAMinute, ruleUnder } from '../what-if/in-a-minute.ts';
import { bindAddressNoPort } from './bind-address-no-port.ts';
import { type Cause, isStuckState, losesToBind, pressureOn } from './cause.ts';
import { explicitSourcePorts } from './explicit-source-ports.ts';
import { keepAlive } from './keep-alive.ts';
import { suggestionIn } from './in-place.ts';
import { conntrackTable, fileDescriptors, timeWaitBuckets } from './limits.ts';
import { oddRange, portSearchCliff, reservedPorts } from './range-shape.ts';
import { moreDestinations, moreProxies, moreSources } from './spread.ts';
import { reuseDoesNotWork } from './reuse-does-not-work.ts';
import {
  closeWaitLeak,
  finWait2Orphans,
  peerDoesNotAcknowledge,
  upstreamUnreachable,
} from './stuck.ts';
import { disableTimeWaitRecycle, enableTimestamps, enableTimeWaitReuse } from './time-wait.ts';
import { widenPortRange } from './widen-port-range.ts';

const RULES: readonly Rule[] = [
  closeWaitLeak,
  upstreamUnreachable,
  finWait2Orphans,
  peerDoesNotAcknowledge,
  bindAddressNoPort,
  reuseDoesNotWork,
  enableTimeWaitReuse,
  enableTimestamps,
  keepAlive,
  widenPortRange,
  reservedPorts,
  moreDestinations,
  moreSources,
  moreProxies,
  fileDescriptors,
  conntrackTable,
  disableTimeWaitRecycle,
  timeWaitBuckets,
  portSearchCliff,
  oddRange,
  explicitSourcePorts,
];

/** Headroom in percent that a suggestion must gain for each step of risk. */
const RISK_WEIGHT_PERCENT = 10;

const WORTH_STEP_PERCENT = 5;

/** A group that has got so much back has nothing to gain: the rest comes and goes with each connection. */
const WHOLE_PERCENT = 99;

interface Candidate {
  readonly rank: Rank;
  readonly worth: number;
  readonly advice: Advice;
}

/** Classes of suggestions, in the order they are given. */
const RANKS = [
  'another limit, nearer than ports',
  'stops what never ends',
  'stops the refusals',
  'cure',
  'relief',
  'note',
] as const;
type Rank = (typeof RANKS)[number];

/**
 * All suggestions that help, best first. A limit that will be reached before the ports run out comes first. Where
 * connections do not end by themselves, their cure comes next: more ports would go the same way. While connections are
 * refused, commands that free ports at once follow. Then cures for the cause, then suggestions that add room (by
 * headroom gained minus risk), then notes.
 */
export function advise(given: { readonly sample: Sample; readonly group: GroupModel }): Advice[] {
  const situation: Situation = { ...given, pressure: pressureOn(given.sample, given.group) };
  const candidates = RULES.filter((rule) => holds(rule, situation))
    .map((rule) => candidate(rule, situation))
    .filter((found) => found !== undefined);
  return candidates
    .toSorted((a, b) => RANKS.indexOf(a.rank) - RANKS.indexOf(b.rank) || b.worth - a.worth)
    .map(({ advice }) => advice);
}

/** True if the kernel has what the rule needs and the rule helps against the cause. */
function holds(rule: Rule, { sample, pressure }: Situation): boolean {
  const { sysctls = [], sinceLinux, helps } = rule;
  return (
    sysctls.every((name) => sample.sysctls[name] !== null) &&
    (sinceLinux === undefined || isSince(sample.host.kernel, sinceLinux)) &&
    (helps === undefined || helps.includes(pressure.cause))
  );
}

/** True if `uname -r` is at least this version. An unreadable release counts as new. */
function isSince(release: ForeignText, [major, minor]: readonly [number, number]): boolean {
  const match = /^(\d+)\.(\d+)/.exec(rawText(release));
  if (match === null) return true;
  const [foundMajor, foundMinor] = [Number(match[1]), Number(match[2])];
  return foundMajor > major || (foundMajor === major && foundMinor >= minor);
}

function candidate(rule: Rule, situation: Situation): Candidate | undefined {
  const suggested = rule.suggest(situation);
  if (suggested === undefined) return undefined;
  const suggestion = suggestionIn(situation.sample.place, suggested);
  const { group, pressure } = situation;
  const before = group.headroomPercentAtLeast;
  const {
    severity = group.severity,
    risk,
    changes,
    isGradual,
    isUnsure,
    settlesDoubt,
    ...said
  } = suggestion;
  const doubt = settlesDoubt === true ? 0 : doubtOf(group);
  const sure = (headroom: number) => Math.max(0, headroom - doubt);
  const headroomAfter =
    suggestion.headroomAfter === undefined ? before : sure(suggestion.headroomAfter);
  const gainsNothing = headroomAfter <= before || isWhole(group);
  if (suggestion.headroomAfter !== undefined && gainsNothing) return undefined;
  const cures = rule.cures?.includes(pressure.cause) === true ? pressure.cause : undefined;
  // bind() of others, or what never ends, goes on taking ports, and nobody can say how many.
  const isTaking = isStuckState(pressure.cause) || losesToBind(situation.sample, group);
  const isTakenMeanwhile = cures === undefined && isTaking;
  const isAbout = isMoreWanted(group) || isTakenMeanwhile || isUnsure === true;
  const headroomAfterMinute =
    changes === undefined ? headroomAfter : sure(minuteLater(situation, changes));
  return {
    rank: rankOf(suggestion, severity, group, cures),
    worth: worthOf(Math.min(headroomAfter, headroomAfterMinute)) - risk * RISK_WEIGHT_PERCENT,
    advice: {
      id: rule.id,
      severity,
      ...said,
      effect: {
        group: group.label,
        headroomBefore: before,
        headroomAfter,
        headroomAfterMinute,
        ...mostOf(group),
        ...(isAbout && { isAtMost: true }),
        ...(isGradual === true && { isGradual }),
      },
    },
  };
}

function mostOf({ limit, mostDemandPerSecond }: GroupModel): { mostPerSecond?: number } {
  return limit?.stage === 'dry' && mostDemandPerSecond !== null
    ? { mostPerSecond: mostDemandPerSecond }
    : {};
}

/** True of a group that is told as ill for what was, and has its ports back. */
function isWhole({ severity, headroomPercentAtLeast, etaSeconds }: GroupModel): boolean {
  return severity !== 'info' && headroomPercentAtLeast >= WHOLE_PERCENT && etaSeconds === null;
}

/** Uncertain headroom in percent, before and after a change. 0 while the kernel refuses: then every port is a gain. */
function doubtOf({ limit, headroomPercent, headroomPercentAtLeast }: GroupModel): number {
  return limit?.stage === 'dry' ? 0 : headroomPercent - headroomPercentAtLeast;
}

/** Headroom rounded to steps, so that suggestions do not swap places with every sample. */
function worthOf(headroom: number): number {
  return Math.round(headroom / WORTH_STEP_PERCENT) * WORTH_STEP_PERCENT;
}

/** Headroom of the group one minute after a suggestion is followed. */
function minuteLater({ sample, group }: Situation, changes: WhatIf): number {
  const given = ruleUnder(changes, sample);
  // The suggestion also turns timestamps on if they are off.
  const rule = { ...given, timestamps: given.timestamps || changes.reuse !== undefined };
  return headroomInAMinute(sample, group, changes, rule);
}

function rankOf(
  { headroomAfter, commands }: Suggestion,
  severity: Severity,
  group: GroupModel,
  cures: Cause | undefined,
): Rank {
  if (severityRank(severity) > severityRank(group.severity))
    return 'another limit, nearer than ports';
  if (cures !== undefined && isStuckState(cures)) return 'stops what never ends';
  const isRelief = headroomAfter !== undefined;
  if (isRelief && group.limit?.stage === 'dry' && commands.length > 0) return 'stops the refusals';
  if (cures !== undefined) return 'cure';
  return isRelief ? 'relief' : 'note';
}
