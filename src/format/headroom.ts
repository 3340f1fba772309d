import type { GroupModel } from '../model/group-model.ts';
import type { ConnectFailures } from '../model/sample/refusal-memory.ts';
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
  return isDry(group) || (group.connectFailures?.lastMinute ?? 0) > 0;
}

/** connect() calls of a group that are refused per second, just now. */
function refusedPerSecond({ nowPerSecond, perSecond }: ConnectFailures): number {
  return nowPerSecond ?? perSecond;
}

/** connect() calls of a group per second, made and refused over the same time. */
export interface CallRates {
  readonly refused: number;
  /** Undefined: not known. */
  readonly made: number | undefined;
}

/**
 * Calls just now, over the time in which they are refused; where that is not known, the means of 10 s. Rates over
 * different times would not add up. Undefined: refusals cannot be seen.
 */
export function callRates({
  connectFailures,
  madePerSecond,
  past: { madeNowPerSecond },
}: Pick<GroupModel, 'connectFailures' | 'madePerSecond' | 'past'>): CallRates | undefined {
  if (connectFailures === undefined) return undefined;
  const refused = refusedPerSecond(connectFailures);
  if (refused <= 0) return { refused: 0, made: madePerSecond ?? undefined };
  if (madeNowPerSecond !== undefined) return { refused, made: madeNowPerSecond };
  const { nowSeconds, perSecond } = connectFailures;
  return nowSeconds === undefined && madePerSecond !== null
    ? { refused: perSecond, made: madePerSecond }
    : { refused, made: undefined };
}

/** Refused connections a second; if they cannot be seen, the wanted ones (`≥300`); '' without pressure. */
export function pressureText(group: GroupModel): string {
  if (!isUnderPressure(group)) return '';
  const { demandPerSecond } = group;
  const rates = callRates(group);
  if (rates !== undefined) return formatRate(rates.refused);
  return demandPerSecond === null ? '' : `≥${formatRate(demandPerSecond)}`;
}
