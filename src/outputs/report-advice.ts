import { promiseText } from '../format/best-fix.ts';
import { formatDuration, formatPercent, formatUtcClock } from '../format/units.ts';
import type { Advice } from '../model/advice/advice.ts';
import type { Came } from '../model/report/followed-courses.ts';
import { type RecordingReport, wasBefore } from '../model/report/recording-report.ts';
import { isEnough } from '../model/report/prevention.ts';
import { block, code, prose, table } from './markdown.ts';

/** What was advised at the worst moment, with the commands. */
export function adviceLines({ worst, warned }: RecordingReport): string[] {
  const title = ['## What ephtop advised', ''];
  if (worst.advice.length === 0)
    return [...title, 'Nothing: no group would have had more headroom.'];
  return [
    ...title,
    ...(warned === undefined ? [] : [atFirstWarning(warned.advice, warned.sample.takenAtMs), '']),
    'At the worst moment, best first:',
    ...worst.advice.flatMap(suggestion),
  ];
}

function atFirstWarning(advice: readonly Advice[], atMs: number): string {
  const ids = advice.map(({ id }) => code(id)).join(', ');
  return `At the first warning (${formatUtcClock(atMs)}): ${ids || 'nothing'}.`;
}

function suggestion({ title, why, commands, persist, caution, config }: Advice, index: number) {
  return [
    '',
    `${index + 1}. **${prose(title)}** ${prose(why)}`,
    ...indented(commands.length === 0 ? [] : block(commands, 'sh')),
    ...(persist?.startsWith('printf ') === true
      ? ['', '   To keep it across reboots:', ...indented(block([persist], 'sh'))]
      : persist === undefined
        ? []
        : ['', `   ${prose(persist)}`]),
    ...(config === undefined
      ? []
      : ['', `   For ${prose(config.program)}:`, ...indented(block(config.lines))]),
    ...(caution === undefined ? [] : ['', `   Note: ${prose(caution)}`]),
  ];
}

function indented(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', ...lines.map((line) => `   ${line}`)];
}

/** What would have prevented it: the suggestions with their effect on the worst moment. */
export function preventionLines({ worst, incidents, points }: RecordingReport): string[] {
  const title = ['## What would have prevented it', ''];
  if (incidents.length === 0)
    return [
      ...title,
      points.some(wasBefore)
        ? 'The demand that took the ports came before the recording began, and is not known.'
        : 'Nothing was to be prevented.',
    ];
  if (worst.advice.length === 0) return [...title, 'ephtop knows of nothing.'];
  const rows = worst.advice.map((advice) => {
    return [
      prose(advice.title),
      promiseText(advice.effect),
      isEnough(advice) ? '**yes**' : advice.effect.isAtMost === true ? 'not known' : 'not alone',
    ];
  });
  return [
    ...title,
    `Computed for ${code(worst.advice[0]?.effect.group ?? '')} with the demand of the worst moment, which is the most that was seen:`,
    '',
    ...table(['suggestion', 'headroom', 'enough?'], rows),
  ];
}

/** What was done while it was recorded. */
export function followedLines({ followed, first }: RecordingReport): string[] {
  const title = ['## What was done', ''];
  if (followed.length === 0)
    return [...title, 'No suggestion was followed while this was recorded.'];
  return [
    ...title,
    ...followed.map(({ atMs, title: what, label, promised, came }) => {
      const after = formatDuration(Math.max(0, atMs - first.takenAtMs) / 1000);
      return `- ${prose(what)}, ${after} after the beginning, for ${code(label)}: promised ${promiseText(promised)}; ${cameText(came)}.`;
    }),
  ];
}

function cameText(came: Came | undefined): string {
  if (came === undefined) return 'what came of it was not recorded';
  const { afterMs } = came;
  const [least, last] = [formatPercent(came.leastPercent), formatPercent(came.lastPercent)];
  const later = `${formatDuration(afterMs / 1000)} later`;
  return `it had ${least === last ? last : `at least ${least}, and ${last}`} ${later}`;
}
