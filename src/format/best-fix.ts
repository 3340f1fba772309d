import type { Advice } from '../model/advice/advice.ts';
import { type FollowedAdvice, SETTLED_MS } from '../model/followed-advice.ts';
import type { GroupModel } from '../model/group-model.ts';
import type { Model } from '../model/model.ts';
import { headroomPercent } from '../model/sample/headroom.ts';
import { severityOf } from '../model/severity.ts';
import { headroomText, isRecovering, laterPercent } from './headroom.ts';
import { stringWidth } from './string-width.ts';
import { wasOutText } from './past-outage.ts';
import { formatDuration, formatPercent } from './units.ts';

/** Headrooms that differ by less than this count as the same. */
const TELLING_PERCENT = 1;

type Told = Pick<Model, 'worst' | 'advice' | 'followed' | 'groups' | 'sample'>;

/** The result of the suggestion that was followed last, or else the best suggestion: see `doneLine` and `fixLine`. */
export function bestFix(model: Told, width: number): string | undefined {
  return doneLine(model, width) ?? fixLine(model, width);
}

/**
 * The result of the suggestion that was followed last, in one line; what is cut at `width` columns is its title. Undefined:
 * none was lately, or it was not enough.
 */
export function doneLine(
  { worst, advice, followed, groups, sample }: Told,
  width: number,
): string | undefined {
  const [done] = followed;
  const [best] = advice;
  if (done === undefined) return undefined;
  if (worst !== undefined && best !== undefined && hasFailed(done, worst, best, sample))
    return undefined;
  return followedText(done, groups, sample.takenAtMs, width);
}

/**
 * The best suggestion and its effect, in one line of `width` columns if it fits. Undefined: nothing is wrong, or no longer,
 * or nothing would help.
 */
function fixLine({ worst, advice }: Told, width: number): string | undefined {
  const [best] = advice;
  if (worst === undefined || worst.severity === 'info' || best === undefined) return undefined;
  if (isCured(worst)) return undefined;
  const { headroomBefore, headroomAfter } = best.effect;
  if (headroomAfter <= headroomBefore) return `fix: ${best.title}`;
  const effect = effectText(best.effect);
  const whole = `fix, headroom ${effect}: ${best.title}`;
  if (stringWidth(whole) <= width) return whole;
  const shorter = `fix ${effect}: ${best.title}`;
  return stringWidth(shorter) <= width
    ? shorter
    : `fix ${lastingEffect(best.effect)}: ${best.title}`;
}

/** True after an outage, if even its demand leaves enough ports now: the warning is about what was. */
function isCured(group: GroupModel): boolean {
  const { etaSeconds, mostDemandPerSecond, wantedPorts, usable } = group;
  const then = { headroomPercent: headroomPercent(wantedPorts, usable) };
  const isEnough = mostDemandPerSecond !== null && severityOf(then, etaSeconds) === 'info';
  return isRecovering(group) && isEnough;
}

/** A followed suggestion was not enough if the group is still out of ports after this time. */
const ENOUGH_MS = 10_000;

function hasFailed(
  done: FollowedAdvice,
  { limit }: GroupModel,
  best: Advice,
  { takenAtMs }: Model['sample'],
): boolean {
  return limit?.stage === 'dry' && best.id !== done.id && takenAtMs - done.atMs > ENOUGH_MS;
}

/** Headroom at once or after a minute, whichever is lower. */
export function lastingHeadroom({
  headroomAfter,
  headroomAfterMinute,
}: Pick<Advice['effect'], 'headroomAfter' | 'headroomAfterMinute'>): number {
  return Math.min(headroomAfter, headroomAfterMinute);
}

/** `0.0% → 94.1%`: at once or after a minute, whichever is lower. */
function lastingEffect({
  headroomBefore,
  headroomAfter,
  headroomAfterMinute,
  isAtMost = false,
}: FollowedAdvice['promised']) {
  const lasting = lastingHeadroom({ headroomAfter, headroomAfterMinute });
  return `${formatPercent(headroomBefore)} → ${laterPercent(lasting, isAtMost)}`;
}

/** `0.0% → 94.1%`, and the headroom a minute later if it differs. */
export function effectText({
  headroomBefore,
  headroomAfter,
  headroomAfterMinute,
  isAtMost = false,
  isGradual = false,
}: FollowedAdvice['promised']): string {
  const later = laterPercent(headroomAfterMinute, isAtMost);
  if (isGradual) return `${formatPercent(headroomBefore)} → ${later} within a minute`;
  if (areSame({ headroomAfter, headroomAfterMinute }))
    return lastingEffect({ headroomBefore, headroomAfter, headroomAfterMinute, isAtMost });
  return `${formatPercent(headroomBefore)} → ${formatPercent(headroomAfter)}, ${later} after a minute`;
}

/** True if the headroom after a minute is as good as that at once: one figure is said then, in all forms the same. */
function areSame({
  headroomAfter,
  headroomAfterMinute,
}: Pick<FollowedAdvice['promised'], 'headroomAfter' | 'headroomAfterMinute'>): boolean {
  return Math.abs(headroomAfterMinute - headroomAfter) < TELLING_PERCENT;
}

/** The promise in the fewest words: `94.1%`, or `71.3%, then 96.5%` where the headroom changes within a minute. */
function promisedText(promised: FollowedAdvice['promised']): string {
  const { headroomAfter, headroomAfterMinute, isAtMost = false, isGradual = false } = promised;
  const then = laterPercent(headroomAfterMinute, isAtMost, '~');
  if (!isFigure(promised)) return NO_FIGURE;
  if (isGradual) return `${then} in 1 min`;
  return areSame(promised)
    ? laterPercent(lastingHeadroom(promised), isAtMost, '~')
    : `${formatPercent(headroomAfter)}, then ${then}`;
}

/** The promise in one figure, which is that of the short form of the fix. */
function lastingText(promised: FollowedAdvice['promised']): string {
  return isFigure(promised) && promised.isGradual !== true
    ? laterPercent(lastingHeadroom(promised), promised.isAtMost ?? false, '~')
    : promisedText(promised);
}

/** The promise in words; one that names no gain has no figure. */
export function promiseText(promised: FollowedAdvice['promised']): string {
  return isFigure(promised) ? effectText(promised) : NO_FIGURE;
}

const NO_FIGURE = 'no figure';

function isFigure(promised: FollowedAdvice['promised']): boolean {
  return lastingHeadroom(promised) > promised.headroomBefore;
}

/** What was promised, and what was achieved: in fewer words where `width` columns have no room for both. */
export function followedText(
  { atMs, key, promised, title }: FollowedAdvice,
  groups: Model['groups'],
  nowMs: number,
  width = Infinity,
): string {
  const now = groups.find((group) => group.key === key);
  const ago = `done ${formatDuration(Math.max(0, nowMs - atMs) / 1000)} ago`;
  const came = now === undefined ? GONE : cameText(now, nowMs - atMs);
  const figures = promisedFigures(promised, now, width);
  const short = `promised ${figures.short}, ${SHORTER[came] ?? came}`;
  const forms = [
    ...withOutage([`${ago}: ${short}`, `done: ${short}`], now, nowMs, width),
    `${ago}: promised ${figures.whole}; ${came}`,
    `${ago}: promised ${figures.short}; ${came}`,
    `done: ${short}`,
  ];
  const told = forms.find((text) => stringWidth(text) <= width) ?? forms.at(-1) ?? '';
  return `${told}: ${title}`;
}

/**
 * The promise in words and in few. Neither what came nor, on a narrow screen, the outage that was is left out for it: where
 * there is no room for both figures beside them, what lasts is promised, from first to last.
 */
function promisedFigures(
  promised: FollowedAdvice['promised'],
  group: GroupModel | undefined,
  width: number,
) {
  const short = promisedText(promised);
  const beside =
    group?.limit === undefined || width >= BOTH_LINES_WIDTH ? '' : `; ${LONGEST_OUTAGE}`;
  return stringWidth(`done: promised ${short}, ${LONGEST_CAME}${beside}`) <= width
    ? { whole: promiseText(promised), short }
    : { whole: lastingText(promised), short: lastingText(promised) };
}

/** A narrower screen has the result in place of the outage that was. */
const BOTH_LINES_WIDTH = 86;

/** The forms with the outage, which is over and else not said. */
function withOutage(
  forms: readonly string[],
  group: GroupModel | undefined,
  nowMs: number,
  width: number,
): string[] {
  const { limit } = group ?? {};
  if (limit?.stage !== 'over' || width >= BOTH_LINES_WIDTH) return [];
  return forms.map((form) => `${form}; ${wasOutText(limit.lastMs, nowMs)}`);
}

const GONE = 'the group has gone';
const PENDING = 'the result shows after 3 s';
/** What takes the most room, of the usual ones. */
const LONGEST_CAME = 'now 100.0%';
const LONGEST_OUTAGE = 'was out 100 s ago';
const SHORTER: Readonly<Record<string, string>> = { [GONE]: 'group gone', [PENDING]: 'now …' };

function cameText(group: GroupModel, sinceMs: number) {
  const { free, freeAtLeast } = group;
  return sinceMs < SETTLED_MS && freeAtLeast < free ? PENDING : `now ${headroomText(group)}`;
}
