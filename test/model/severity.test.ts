import { expect, test } from 'vitest';
import { isNear, severityOf } from '../../src/model/severity.ts';

test.for([
  [25.1, null, 'info'],
  [25, null, 'warning'],
  [10.1, null, 'warning'],
  [10, null, 'critical'],
  [100, 120.1, 'info'],
  [100, 120, 'warning'],
  [100, 30.1, 'warning'],
  [100, 30, 'critical'],
  [100, 0, 'critical'],
  // The worse of the two counts.
  [25, 30, 'critical'],
  [10, 120, 'critical'],
] as const)('%d %% headroom and %j s left is %s', ([headroomPercent, etaSeconds, severity]) => {
  expect(severityOf({ headroomPercent }, etaSeconds)).toBe(severity);
});

test.for([
  [30, 15, 'critical'],
  [30, 14.9, 'warning'],
  [30.1, 100, 'warning'],
  [10, 5, 'critical'],
  [120, 1, 'warning'],
  [120.1, 100, 'info'],
] as const)('an end in %f s, seen for %f s, is %s', ([eta, seen, severity]) => {
  expect(severityOf({ headroomPercent: 50 }, eta, seen)).toBe(severity);
});

test('an end within the hour is near', () => {
  expect([0, 3600, 3600.1, null].map(isNear)).toEqual([true, true, false, false]);
});
