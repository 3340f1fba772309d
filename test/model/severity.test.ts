import { expect, test } from 'vitest';
import { heldSeverity, isNear, severityOf } from '../../src/model/severity.ts';

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

test.for([
  // Worse, or as bad: at once.
  ['info', 'warning', 0, 'warning', true],
  ['warning', 'critical', 100, 'critical', true],
  ['critical', 'critical', 4999, 'critical', true],
  // Better: once it has been so for five seconds.
  ['critical', 'warning', 4999, 'critical', false],
  ['critical', 'warning', 5000, 'warning', true],
  ['critical', 'info', 4999, 'critical', false],
  ['warning', 'info', 4999, 'warning', false],
  ['warning', 'info', 5000, 'info', true],
  // The clock was set back.
  ['critical', 'info', -1, 'info', true],
] as const)('%s, judged %s %d ms later, is %s', ([before, judged, ms, severity, isNow]) => {
  const nowMs = 100_000 + ms;
  expect(heldSeverity(judged, nowMs, { severity: before, atMs: 100_000 })).toEqual({
    severity,
    atMs: isNow ? nowMs : 100_000,
  });
});

test('what nothing was said of is as it is judged', () => {
  expect(heldSeverity('info', 7, undefined)).toEqual({ severity: 'info', atMs: 7 });
});

test('judgements that alternate at a limit are one severity, until they have ended for five seconds', () => {
  let held = heldSeverity('warning', 0, undefined);
  const said: string[] = [];
  for (let nowMs = 250; nowMs <= 15_000; nowMs += 250) {
    const isWorse = nowMs < 8000 && (nowMs / 250) % 2 === 0;
    held = heldSeverity(isWorse ? 'critical' : 'warning', nowMs, held);
    said.push(held.severity);
  }
  const changes = said.filter((severity, index) => index > 0 && severity !== said[index - 1]);
  expect(changes).toEqual(['critical', 'warning']);
  // The last one is at 7.5 s.
  expect(250 * (1 + said.lastIndexOf('critical'))).toBe(12_250);
});
