import type { Advice } from '../advice/advice.ts';
import { SEVERITY_LIMITS } from '../severity.ts';

/** True if a suggestion alone would have kept the worst group from critical, at the demand that it was computed for. */
export function isEnough({ effect }: Pick<Advice, 'effect'>): boolean {
  const { headroomAfterMinute, isAtMost } = effect;
  // Where more may be wanted than is seen, nobody knows.
  return isAtMost !== true && headroomAfterMinute > 100 - SEVERITY_LIMITS.critical.usedPercent;
}
