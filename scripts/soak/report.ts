import { median } from '../bench/statistics.ts';
import { head, type Row, section, whole } from '../bench/markdown.ts';
import type { FireReport } from './protocol.ts';
import type { Judged } from './verdicts.ts';

/** The table of a soak. */
export function soakReport(title: string, text: string, judged: readonly Judged[]): string {
  const rows = judged.map(
    ({ name, unit, decimals, start, end, mean, line, limit, verdict }): Row => {
      const figure = (value: number) => value.toFixed(decimals);
      const slope = line.slope.toFixed(2);
      return [
        unit === '' ? name : `${name}, ${unit}`,
        `${figure(start)} → ${figure(end)}`,
        figure(mean),
        `${line.slope < 0 ? '' : '+'}${slope} ± ${line.slopeError.toFixed(2)}`,
        limit,
        verdict,
      ];
    },
  );
  return section(title, text, [
    head('quantity|first → last tenth|mean|slope an hour ± standard error|limit|verdict'),
    ...rows,
  ]);
}

/** Limits of a machine under fire. */
export const FIRE_LIMITS = { answerMs: 300, frameGapMs: 1000 } as const;

/** Whether a figure on the screen lies within what the kernel counted around it. */
export function isRight({ shown, least, most }: FireReport['figures'][number]): boolean {
  return shown >= least && shown <= most;
}

/** What is expected of a machine under fire, with what was seen. */
export function fireRows({ answersMs, frameGapsMs, figures }: FireReport): {
  rows: Row[];
  isPassed: boolean;
} {
  const late = answersMs.filter((ms) => ms > FIRE_LIMITS.answerMs).length;
  const wrong = figures.filter((figure) => !isRight(figure)).length;
  const slow = frameGapsMs.filter((ms) => ms > FIRE_LIMITS.frameGapMs).length;
  const verdict = (misses: number, count: number) =>
    count > 0 && misses === 0 ? 'pass' : `FAIL: ${misses} of ${count}`;
  return {
    rows: [
      [
        'keys answered, ms',
        spread(answersMs),
        `≤ ${FIRE_LIMITS.answerMs}`,
        verdict(late, answersMs.length),
      ],
      [
        'between two frames, ms',
        spread(frameGapsMs),
        `≤ ${FIRE_LIMITS.frameGapMs}`,
        verdict(slow, frameGapsMs.length),
      ],
      [
        'TIME_WAIT shown as the kernel counts',
        `${figures.length - wrong} of ${figures.length}`,
        'all',
        verdict(wrong, figures.length),
      ],
    ],
    isPassed:
      answersMs.length * frameGapsMs.length * figures.length > 0 && late + wrong + slow === 0,
  };
}

/** The table of a machine under fire. */
export function fireReport(fire: FireReport, hogs: number): string {
  const { start, end } = fire.timeWaits;
  const text = `${whole(fire.opensPerSecond)} opens/s, ${whole(start)} → ${whole(end)} TIME_WAIT, ${hogs} processes that take all of the processor they get; ephtop took ${fire.cpuPercent.toFixed(0)} % of a core.`;
  return section('Under fire', text, [
    head('what|median (95 %, worst)|limit|verdict'),
    ...fireRows(fire).rows,
  ]);
}

function spread(values: readonly number[]): string {
  if (values.length === 0) return '–';
  const sorted = values.toSorted((a, b) => a - b);
  const nearWorst = sorted[Math.floor(0.95 * (sorted.length - 1))] ?? 0;
  return `${whole(median(values))} (${whole(nearWorst)}, ${whole(sorted.at(-1) ?? 0)})`;
}
