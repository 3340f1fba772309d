import type { Advice } from '../model/advice/advice.ts';
import type { FollowedAdvice } from '../model/followed-advice.ts';
import type { Model } from '../model/model.ts';
import { stringWidth } from './string-width.ts';
import { formatDuration, formatPercent } from './units.ts';

/** A headroom that differs by less than this from another is the same. */
const TELLING_PERCENT = 1;

/**
 * What became of the suggestion that was followed last, or else the best suggestion and its effect, in one line of
 * `width` columns where it fits; undefined: nothing is wrong, or nothing would help.
 */
export function bestFix(
  {
    worst,
    advice,
    followed,
    groups,
    sample,
  }: Pick<Model, 'worst' | 'advice' | 'followed' | 'groups' | 'sample'>,
  width: number,
): string | undefined {
  const [done] = followed;
  if (done !== undefined) return followedText(done, groups, sample.takenAtMs);
  const [best] = advice;
  if (worst === undefined || worst.severity === 'info' || best === undefined) return undefined;
  const { headroomBefore, headroomAfter } = best.effect;
  if (headroomAfter <= headroomBefore) return `fix: ${best.title}`;
  const effect = effectText(best.effect);
  const whole = `fix, headroom ${effect}: ${best.title}`;
  return stringWidth(whole) <= width ? whole : `fix ${effect}: ${best.title}`;
}

/** `0.0% → 94.1%`, and what it is a minute later where that is another. */
export function effectText({
  headroomBefore,
  headroomAfter,
  headroomAfterMinute,
}: Advice['effect']): string {
  const atOnce = `${formatPercent(headroomBefore)} → ${formatPercent(headroomAfter)}`;
  return Math.abs(headroomAfterMinute - headroomAfter) < TELLING_PERCENT
    ? atOnce
    : `${atOnce}, ${formatPercent(headroomAfterMinute)} after a minute`;
}

/** What was promised, and what has come. */
export function followedText(
  { atMs, key, promised, title }: FollowedAdvice,
  groups: Model['groups'],
  nowMs: number,
): string {
  const now = groups.find((group) => group.key === key);
  const ago = `done ${formatDuration(Math.max(0, nowMs - atMs) / 1000)} ago`;
  const came =
    now === undefined ? 'the group has gone' : `now ${formatPercent(now.headroomPercentAtLeast)}`;
  return `${ago}: promised ${effectText({ group: '', ...promised })}; ${came}: ${title}`;
}
