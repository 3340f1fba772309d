import { printable } from '../../kernel/foreign-text.ts';
import type { VisibleGroup } from '../../model/query/fold.ts';
import type { HostNames } from '../../model/host-name.ts';
import type { GroupModel } from '../../model/group-model.ts';
import { type GroupOwner, mainOwner } from '../../model/sample/owners.ts';
import type { Severity } from '../../model/severity.ts';
import { isDry, surePercent } from '../../format/headroom.ts';
import { callRates } from '../../model/call-rates.ts';
import type { CallRates } from '../../model/group-past.ts';
import { foldLabel, membersText } from '../../format/fold.ts';
import { spokenFigure, spokenPercent, spokenRate, spokenText } from './spoken-text.ts';
import { placeText as placeOfGroup } from '../../format/place.ts';
import { formatCount, formatCounted, formatDuration } from '../../format/units.ts';

/** Where a group stands in the list. */
export interface ListPlace {
  /** 1 for the first. */
  readonly position: number;
  readonly total: number;
  readonly selected: boolean;
  /** It has gone; its figures are the last ones. */
  readonly gone: boolean;
}

/** How bad it is, in a word. */
export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  info: 'healthy',
  warning: 'warning',
  critical: 'critical',
};

/** All of a row of the group table in one sentence, what matters most first. */
export function groupSentence(
  group: VisibleGroup,
  place: ListPlace,
  {
    names,
    nowMs,
    withPlace = false,
  }: { readonly names: HostNames; readonly nowMs: number; readonly withPlace?: boolean },
): string {
  const { gone, ...at } = place;
  return `${placeText(at)}: ${[
    spokenGroup(group, names) + (withPlace ? placeWords(group) : ''),
    gone ? 'gone' : SEVERITY_WORDS[group.severity],
    `${atLeast(group)}${spokenPercent(surePercent(group))} headroom`,
    `${formatCounted(group.uncertain === undefined ? group.free : group.freeAtLeast, 'connection')} left`,
    ...etaPieces(group, nowMs),
    group.closeRate > 0 ? spokenRate(group.closeRate, 'close') : '',
    ownerWords(group),
  ]
    .filter(Boolean)
    .join(', ')}.`;
}

/** " in web", " in 3 places"; a fold by place has the name of it. */
export function placeWords(group: VisibleGroup): string {
  return group.fold?.by === 'place' ? '' : ` in ${placeOfGroup(group)}`;
}

/** That more may be left than is said. */
function atLeast({ uncertain }: GroupModel): string {
  return uncertain === undefined ? '' : 'at least ';
}

/** "2 of 8, selected". */
export function placeText({ position, total, selected }: Omit<ListPlace, 'gone'>): string {
  return `${formatCount(position)} of ${formatCount(total)}${selected ? ', selected' : ''}`;
}

/** A group's two ends, or what the members of a fold have in common: "10.0.3.7 to 10.0.9.21 port 8080". */
export function spokenGroup(group: VisibleGroup, names: HostNames): string {
  const { localAddress, remoteAddress, remotePort, fold } = group;
  if (fold !== undefined)
    return spokenText(`${foldLabel(group, names)}${membersText(fold.by, fold.members)}`);
  return `${localAddress} to ${names.get(remoteAddress) ?? remoteAddress} port ${remotePort}`;
}

/** The name of a process, or its number. */
export function spokenOwner({ command, pid }: GroupOwner): string {
  const name = printable(command);
  return name.trim() === '' ? `process ${pid}` : name;
}

/** Rates of the first moments of an outage are not worth saying: they would have to be taken back. */
const RATES_KNOWN_MS = 3000;

/** Refused and made connections of a group that is out of ports, once they can be relied on. */
export function steadyCallRates(group: GroupModel, nowMs: number): CallRates | undefined {
  const { limit } = group;
  const rates = callRates(group);
  const isSteady = limit !== undefined && nowMs - limit.sinceMs >= RATES_KNOWN_MS;
  return rates !== undefined && rates.refused > 0 && isSteady ? rates : undefined;
}

/** "2 of 12 connections per second are refused". */
export function refusedWords({ refused, made }: CallRates): string {
  const wanted = made === undefined ? '' : ` of ${spokenFigure(refused + made)}`;
  return `${spokenFigure(refused)}${wanted} connections per second are refused`;
}

function etaPieces(group: GroupModel, nowMs: number): string[] {
  const { etaSeconds, growthPerSecond, severity } = group;
  const rates = steadyCallRates(group, nowMs);
  if (isDry(group))
    return ['out of ports now', ...(rates === undefined ? [] : [refusedWords(rates)])];
  if (etaSeconds !== null) return [`out of ports in ${spokenText(formatDuration(etaSeconds))}`];
  // Nobody waits for it in a healthy group.
  if (severity === 'info') return [];
  return [growthPerSecond === undefined ? 'growth not known yet' : 'does not get fuller'];
}

function ownerWords(group: GroupModel): string {
  const [first, ...others] = group.owners;
  // Only the detail says that it is unknown, as it is for all groups in the first seconds.
  if (first === undefined) return '';
  const more = others.length === 0 ? '' : ` and ${formatCount(others.length)} more`;
  return `owner ${mainOwner(group) ?? spokenOwner(first)}${more}`;
}
