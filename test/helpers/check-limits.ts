import { expect } from 'vitest';
import { type AlertRange, parseAlertRange } from '../../src/model/check/alert-range.ts';
import type { CheckLimits } from '../../src/model/check/check-verdict.ts';

/** A range that is surely one. */
export const alertRange = (text: string): AlertRange =>
  parseAlertRange(text) ?? expect.fail(`not a range: ${text}`);

/** Those that a check has unless others are given. */
export const LIMITS: CheckLimits = {
  warning: alertRange('75%'),
  critical: alertRange('90%'),
  etaWarning: 120,
  etaCritical: 30,
};
