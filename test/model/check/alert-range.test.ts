import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAlert, parseAlertRange } from '../../../src/model/check/alert-range.ts';
import { alertRange } from '../../helpers/check-limits.ts';

/** Whether each value raises an alert. */
function alerts(text: string, values: readonly number[]): boolean[] {
  const range = alertRange(text);
  return values.map((value) => isAlert(range, value));
}

// The guideline's own examples, at both sides of each end. https://www.monitoring-plugins.org/doc/guidelines.html
test.for<[string, number[], number[]]>([
  ['10', [-0.01, 10.01], [0, 10]],
  ['10:', [9.99, -10], [10, 1e9]],
  ['~:10', [10.01], [-1e9, 10]],
  ['10:20', [9.99, 20.01], [10, 20]],
  ['@10:20', [10, 20], [9.99, 20.01]],
  ['75%', [75.01], [75]],
  ['10%:20%', [9.99, 20.01], [10, 20]],
  ['@90%:', [90, 1e9], [89.99]],
  ['-5:-2', [-5.01, -1.99], [-5, -2]],
  ['0', [0.01, -0.01], [0]],
  ['.5:1.5', [0.49, 1.51], [0.5, 1.5]],
  [':20', [-0.01, 20.01], [0, 20]],
  ['~:', [], [-1e9, 0, 1e9]],
])('%s', ([text, alerting, silent]) => {
  expect(alerts(text, alerting)).toEqual(alerting.map(() => true));
  expect(alerts(text, silent)).toEqual(silent.map(() => false));
});

test.for([
  '',
  '@',
  '%',
  '~',
  'x',
  '20:10',
  '10:20:30',
  '10,5',
  '1e3',
  '@@1',
  '~10',
  '10 20',
  '75%%',
  '--1',
])('not a range: "%s"', (text) => {
  expect(parseAlertRange(text)).toBeUndefined();
});

describe('any range', () => {
  const numbers = fc.integer({ min: -1000, max: 1000 });

  test('and the one inside out are never of one opinion', () => {
    fc.assert(
      fc.property(numbers, fc.nat(500), numbers, (start, length, value) => {
        const text = `${start}:${start + length}`;
        expect(alerts(text, [value])).not.toEqual(alerts(`@${text}`, [value]));
      }),
    );
  });

  test('is in performance data as it was written, without percent signs', () => {
    fc.assert(
      fc.property(numbers, fc.nat(500), (start, length) => {
        const text = `${start}:${start + length}`;
        expect(parseAlertRange(text.replaceAll(/\d+/g, '$&%'))?.text).toBe(text);
      }),
    );
  });
});
