import { callRates } from '../model/call-rates.ts';
import { isDemandFormer } from '../model/demand.ts';
import type { GroupModel } from '../model/group-model.ts';
import { isRefusedLately } from '../model/recent-refusals.ts';
import { formatCount, formatPercent, formatRate } from './units.ts';

/** Headroom in percent that is certain. */
export function surePercent({
  uncertain,
  headroomPercent,
  headroomPercentAtLeast,
}: Pick<GroupModel, 'uncertain' | 'headroomPercent' | 'headroomPercentAtLeast'>): number {
  return uncertain === undefined ? headroomPercent : headroomPercentAtLeast;
}

/** `4.4%`, or `≥4.4%` if more may be left (not for a group that is out of ports: those will be gone in a moment). */
export function headroomText(
  group: Parameters<typeof surePercent>[0] & Parameters<typeof isDry>[0],
): string {
  if (isDry(group)) return formatPercent(group.headroomPercentAtLeast);
  return `${group.uncertain === undefined ? '' : '≥'}${formatPercent(surePercent(group))}`;
}

/**
 * A headroom to come: `about 94.1%` where the demand is not known exactly. It is no bound: more may be wanted than is seen, and
 * less than in the worst seconds of the outage.
 */
export function laterPercent(percent: number, isUnsure: boolean, about = 'about '): string {
  const text = formatPercent(percent);
  return isUnsure && text !== formatPercent(100) ? about + text : text;
}

/** `1,231`, or `260 to 500` if it is uncertain. */
export function leftText({
  free,
  freeAtLeast,
  uncertain,
}: Pick<GroupModel, 'free' | 'freeAtLeast' | 'uncertain'>): string {
  return uncertain === undefined || freeAtLeast >= free
    ? formatCount(free)
    : `${formatCount(freeAtLeast)} to ${formatCount(free)}`;
}

/** True while a group is out of ports, or so shortly afterwards that freed ports will be taken again. */
export function isDry({ limit, free }: Pick<GroupModel, 'limit' | 'free'>): boolean {
  return limit?.stage === 'dry' || free <= 0;
}

/** True for a group that has had room again for less than a minute. */
export function isRecovering(group: Pick<GroupModel, 'limit' | 'free'>): boolean {
  return group.limit?.stage === 'recovering' && !isDry(group);
}

/** True while connections are refused, or shortly afterwards. */
export function isUnderPressure(group: GroupModel): boolean {
  return isDry(group) || isRefusedLately(group);
}

/** Connections wanted per second: the calls just now, made and refused, or else the mean; undefined: not known. */
export function wantedPerSecond(group: GroupModel): number | undefined {
  const { refused, made } = callRates(group) ?? { refused: 0, made: undefined };
  return isUnderPressure(group) && made !== undefined
    ? made + refused
    : (group.demandPerSecond ?? undefined);
}

/**
 * Refused connections a second; if they cannot be seen, the wanted ones (`≥300`; `?` if nothing tells that they still are); ''
 * without pressure.
 */
export function pressureText(group: GroupModel): string {
  if (!isUnderPressure(group)) return '';
  const rates = callRates(group);
  if (rates !== undefined) return formatRate(rates.refused);
  const wanted = wantedPerSecond(group);
  if (wanted === undefined) return '';
  return isDemandFormer(group) ? '?' : `≥${formatRate(wanted)}`;
}
