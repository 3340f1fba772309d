import type { Model } from '../model/model.ts';
import { stringWidth } from './string-width.ts';
import { formatPercent } from './units.ts';

/** The best suggestion and its effect, in one line of `width` columns where it fits; undefined: nothing is wrong, or nothing would help. */
export function bestFix(
  { worst, advice }: Pick<Model, 'worst' | 'advice'>,
  width: number,
): string | undefined {
  const [best] = advice;
  if (worst === undefined || worst.severity === 'info' || best === undefined) return undefined;
  const { headroomBefore, headroomAfter } = best.effect;
  if (headroomAfter <= headroomBefore) return `fix: ${best.title}`;
  const effect = `${formatPercent(headroomBefore)} → ${formatPercent(headroomAfter)}`;
  const whole = `fix, headroom ${effect}: ${best.title}`;
  return stringWidth(whole) <= width ? whole : `fix ${effect}: ${best.title}`;
}
