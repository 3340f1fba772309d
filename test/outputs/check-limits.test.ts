import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAlert } from '../../src/model/check/alert-range.ts';
import { limitNotes } from '../../src/outputs/check-limits.ts';
import { alertRange } from '../helpers/check-limits.ts';

/** The notes for `-w` and `-c`. */
const notesOf = (warning: string, critical: string, etaWarning = 120, etaCritical = 30) =>
  limitNotes({
    warning: alertRange(warning),
    critical: alertRange(critical),
    etaWarning,
    etaCritical,
  });

const never = (option: string) => `--${option} is never passed by 0% to 100%`;
const hidden = (warning: string, critical: string) =>
  `--warning ${warning} adds nothing, --critical ${critical} comes first`;

test.each([
  ['75%', '90%', []],
  ['89', '90', []],
  ['90', '90', [hidden('90', '90')]],
  ['75', '50', [hidden('75', '50')]],
  ['120%', '90', [never('warning 120')]],
  ['99', '100', [never('critical 100')]],
  ['100', '100', [never('warning 100'), never('critical 100')]],
  ['@10:20', '@5:20', [hidden('@10:20', '@5:20')]],
  ['10:', '~:75', []],
  ['10:', '10:75', [hidden('10:', '10:75')]],
  ['@100', '90', []],
  ['@200:300', '90', [never('warning @200:300')]],
])('-w %s -c %s: %j', (warning, critical, notes) => {
  expect(notesOf(warning, critical)).toEqual(notes);
});

test.each([
  [120, 30, 0],
  [20, 20, 0],
  [19, 20, 1],
  [0, 30, 0],
  [120, 0, 0],
])('--eta-warning %d --eta-critical %d: %d', (etaWarning, etaCritical, count) => {
  expect(notesOf('75', '90', etaWarning, etaCritical)).toHaveLength(count);
});

test('a warning that is said to be hidden is nowhere', () => {
  const percent = fc.integer({ min: -20, max: 120 });
  const texts = fc
    .tuple(fc.boolean(), percent, percent)
    .map(([at, a, b]) => `${at ? '@' : ''}${Math.min(a, b)}:${Math.max(a, b)}`);
  fc.assert(
    fc.property(texts, texts, (warning, critical) => {
      const wanted = Array.from({ length: 1001 }, (_, index) => index / 10);
      const warned = wanted.filter((value) => isAlert(alertRange(warning), value));
      const isShown = warned.some((value) => !isAlert(alertRange(critical), value));
      expect(notesOf(warning, critical).some((note) => note.startsWith('--warning'))).toBe(
        !isShown,
      );
    }),
  );
});
