import type { Model } from '../model/model.ts';
import { formatPercent } from './units.ts';

/** The best suggestion and its effect, in one line; undefined: nothing is wrong, or nothing would help. */
export function bestFix({ worst, advice }: Pick<Model, 'worst' | 'advice'>): string | undefined {
  const [best] = advice;
  if (worst === undefined || worst.severity === 'info' || best === undefined) return undefined;
  const { headroomBefore, headroomAfter } = best.effect;
  return headroomAfter > headroomBefore
    ? `fix ${formatPercent(headroomBefore)} → ${formatPercent(headroomAfter)}: ${best.title}`
    : `fix: ${best.title}`;
}
