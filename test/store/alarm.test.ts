import { expect, test } from 'vitest';
import type { Severity } from '../../src/model/severity.ts';
import { Alarm } from '../../src/store/alarm.ts';

/** Which looks ring, for one group whose severity goes through these; undefined: it is not there. */
function rings(...severities: (Severity | undefined)[]): boolean[] {
  const alarm = new Alarm();
  return severities.map((severity) =>
    alarm.push(severity === undefined ? [] : [{ key: 'a', severity }]),
  );
}

test.for<[name: string, severities: (Severity | undefined)[], rung: number[]]>([
  ['when a group turns critical, once', ['info', 'critical', 'critical'], [1]],
  ['when it was ill at the start, but not so bad', ['warning', 'critical'], [1]],
  ['not for what is critical at the start', ['critical', 'critical', 'warning', 'critical'], []],
  ['for a group that is new', [undefined, 'critical'], [1]],
  ['not again while it wavers', ['info', 'critical', 'warning', 'critical'], [1]],
  ['again after it was healthy', ['info', 'critical', 'warning', 'info', 'critical'], [1, 4]],
  ['again after it had gone', ['info', 'critical', undefined, 'critical'], [1, 3]],
])('rings %s', ([, severities, rung]) => {
  const heard = rings(...severities);
  expect(heard.flatMap((isRung, index) => (isRung ? index : []))).toEqual(rung);
});

test('one group that rings does not keep another from it', () => {
  const alarm = new Alarm();
  const look = (a: Severity, b: Severity) =>
    alarm.push([
      { key: 'a', severity: a },
      { key: 'b', severity: b },
    ]);
  expect([look('info', 'info'), look('critical', 'info'), look('critical', 'critical')]).toEqual([
    false,
    true,
    true,
  ]);
});
