import { expect, test } from 'vitest';
import { severityOf } from '../../src/model/severity.ts';

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
