import { causeText, otherCauses } from '../format/cause.ts';
import { headroomText } from '../format/headroom.ts';
import { placeTitle } from '../format/place.ts';
import { ownersText } from '../format/owners.ts';
import { pressureLines, uncertainLines } from '../format/pressure-lines.ts';
import {
  formatCount,
  formatCounted,
  formatDateAndClock,
  formatDuration,
  formatRate,
  formatUtc,
  formatUtcClock,
} from '../format/units.ts';
import { sparkline } from '../format/sparkline.ts';
import { printable } from '../kernel/foreign-text.ts';
import { SYSCTL_NAMES } from '../kernel/sysctl.ts';
import { pressureOn } from '../model/advice/cause.ts';
import { turningText } from '../model/report/turning-text.ts';
import type { GroupCourse } from '../model/report/group-courses.ts';
import type { Sample } from '../model/sample/sample.ts';
import { type RecordingReport, type SetBack, wasBefore } from '../model/report/recording-report.ts';
import { adviceLines, followedLines, preventionLines } from './report-advice.ts';
import { code, prose, table } from './markdown.ts';
import { unseenLines } from './report-unseen.ts';

/** Marks of a course; '·' is no port in use. */
const RAMP = '▁▂▃▄▅▆▇█';

/** The reports of several places: a section each for those with something to tell, or else for the first; and the others. */
export function reportsMarkdown(reports: readonly RecordingReport[], zone: string): string {
  const eventful = reports.filter(({ points }) => points.length > 0);
  const told = eventful.length > 0 ? eventful : reports.slice(0, 1);
  const others = reports.filter((report) => !told.includes(report));
  const names = others.map(({ last }) => code(last.place.name)).slice(0, MOST_NAMES);
  const more =
    others.length > names.length ? ` and ${formatCount(others.length - names.length)} more` : '';
  return [
    ...told.map((report) => reportMarkdown(report, zone)),
    ...(others.length === 0
      ? []
      : [`## Other places\n\nNothing is to be told of ${names.join(', ')}${more}.\n`]),
  ].join('\n');
}

const MOST_NAMES = 20;

/** A report as Markdown that can be pasted into a ticket. `zone`: the name of the local time zone. */
export function reportMarkdown(report: RecordingReport, zone: string): string {
  const sections = [
    heading(report, zone),
    timeline(report, zone),
    groupSection(report),
    refusalSection(report),
    causeSection(report),
    sysctlSection(report),
    adviceLines(report),
    preventionLines(report),
    followedLines(report),
    unseenLines(report),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function heading(report: RecordingReport, zone: string) {
  const { first, last, fromMs, toMs } = report;
  const { kernel } = last.host;
  const seconds = (toMs - fromMs) / 1000;
  return [
    `# Ephemeral ports of ${code(placeTitle(last))}: ${headline(report)}`,
    '',
    `Recorded from ${formatUtc(fromMs)} to ${formatUtc(toMs)} UTC (${formatDateAndClock(fromMs)} to ${formatDateAndClock(toMs)} ${prose(zone)}), ${formatDuration(seconds)}, on Linux ${code(kernel)}, by ${first.sampling.replayOf ?? first.sampling.source}: ${samplesText(report)}.`,
  ];
}

/** "412 samples, all of which this report looks at". */
function samplesText({ samples, looks, isThinned }: RecordingReport): string {
  const all = formatCounted(samples, 'sample');
  if (looks === samples) return `${all}, all of which this report looks at`;
  const some = isThinned ? 'one a second, and all where something turned' : 'all that can be read';
  return `${all}, of which this report looks at ${some} (${formatCount(looks)})`;
}

function headline({ incidents, points }: RecordingReport): string {
  const { length } = incidents;
  if (length > 0) return formatCounted(length, 'incident');
  if (points.some(wasBefore)) return 'ports had run out before';
  return points.some(({ kind }) => kind === 'warning')
    ? 'a warning, but nothing ran short'
    : 'nothing ran short';
}

/** What happened when. */
function timeline({ points, incidents, last, setBack }: RecordingReport, zone: string): string[] {
  const rows = points.map((point) => [
    formatUtc(point.atMs),
    formatDateAndClock(point.atMs),
    prose(turningText(point)),
  ]);
  const lengths = incidents.map(({ sinceMs, untilMs, isFromBefore }, index) => {
    const began = isFromBefore ? 'was going on when the recording began,' : 'began';
    const took = isFromBefore ? 'took at least' : 'took';
    const seconds = ((untilMs ?? last.takenAtMs) - sinceMs) / 1000;
    const end = untilMs === undefined ? ' and went on when the recording ended' : '';
    return `- Incident ${index + 1} ${began} at ${formatUtc(sinceMs)} UTC, and ${took} ${seconds < 0 ? 'an unknown time (the clock was set back)' : formatDuration(seconds)}${end}.`;
  });
  return [
    '## What happened when',
    '',
    ...(setBack === undefined ? [] : [setBackText(setBack), '']),
    ...(rows.length === 0
      ? ['No group came to a warning, no connect() was refused, and no sysctl changed.']
      : [
          ...lengths,
          ...(lengths.length > 0 ? [''] : []),
          ...table(['UTC', `local (${prose(zone)})`, 'what'], rows),
        ]),
  ];
}

function setBackText({ times, fromMs, toMs }: SetBack): string {
  const back = `from ${formatUtc(fromMs)} to ${formatUtc(toMs)} UTC`;
  const often =
    times === 1 ? `set back ${back}` : `set back ${formatCount(times)} times, first ${back}`;
  return `The clock of the recorded machine was ${often}: times are in the order of that clock, not in that in which things happened, and durations may be wrong.`;
}

function groupSection({ groups, points }: RecordingReport): string[] {
  if (groups.length === 0) return ['## Worst groups', '', 'There were no outgoing connections.'];
  const outBefore = new Set(points.filter(wasBefore).map(({ label }) => label));
  const rows = groups.map((course) => [
    code(course.label),
    code(chart(course)),
    course.severity,
    `${formatCount(course.worst.used)} of ${formatCount(course.worst.usable)}`,
    headroomText(course.worst),
    formatUtcClock(course.worstAtMs),
    course.dryMs > 0
      ? formatDuration(course.dryMs / 1000)
      : outBefore.has(course.label)
        ? 'before the recording'
        : 'never',
    course.refused === undefined ? 'not seen' : formatCount(course.refused),
  ]);
  const titles = [
    'group',
    'ports in use, 0–100 %',
    'severity',
    'most used',
    'headroom',
    'at',
    'out of ports for',
    'refused',
  ];
  return [
    '## Worst groups',
    '',
    ...table(titles, rows),
    '',
    'The chart goes from the beginning of the recording to its end; a full block is every port in use, a dot none, or a time without the group.',
  ];
}

/** The share of ports in use over the whole recording. */
function chart({ usedRatios }: GroupCourse): string {
  // Looks are rarer than bins in a short recording: what was seen last still holds.
  let last: number | undefined;
  const isSparse = usedRatios.filter((ratio) => ratio !== undefined).length < usedRatios.length / 2;
  return usedRatios
    .map((ratio) => {
      if (ratio !== undefined) last = ratio;
      const shown = ratio ?? (isSparse ? last : undefined);
      return shown === undefined || shown <= 0 ? '·' : sparkline([shown], 1, RAMP, 1);
    })
    .join('');
}

function refusalSection({ refused, groups, first, last, worst }: RecordingReport): string[] {
  const title = ['## Refused connections', ''];
  if (refused === undefined) {
    const why = last.sampling.refusalsUnseen;
    return [...title, why === undefined ? 'They were not watched for.' : prose(why)];
  }
  if (refused === 0) {
    const before = refusedBefore(first);
    const none = 'No connect() was refused for want of a port';
    return [
      ...title,
      before === 0
        ? `${none}.`
        : `${none} while this was recorded; in the minute before, ${formatCount(before)} were.`,
    ];
  }
  const processes = worst.worst?.connectFailures?.processes ?? [];
  const mostPerSecond = Math.max(0, ...groups.map((group) => group.mostRefusedPerSecond));
  const most = mostPerSecond > 0 ? `, at most ${formatRate(mostPerSecond)} a second` : '';
  return [
    ...title,
    `${formatCount(refused)} connect() calls were refused for want of a port (EADDRNOTAVAIL)${most}.`,
    ...(processes.length === 0
      ? []
      : [
          '',
          ...table(
            ['process', 'pid', 'refused in the minute before the worst moment'],
            processes.map(({ command, pid, refusals }) => [
              code(command),
              pid === undefined ? 'not known' : String(pid),
              formatCount(refusals),
            ]),
          ),
        ]),
  ];
}

/** connect() calls refused in the minute before the first sample. */
function refusedBefore({ groups }: Sample): number {
  return groups.reduce((sum, { connectFailures }) => sum + (connectFailures?.lastMinute ?? 0), 0);
}

/** What held the ports, with what shows it. */
function causeSection({ worst }: RecordingReport): string[] {
  const { worst: group, sample } = worst;
  const title = ['## Causes', ''];
  if (group === undefined) return [...title, 'There were no outgoing connections.'];
  const pressure = pressureOn(sample, group);
  const states = Object.entries(group.byState)
    .map(([state, count]) => `${state} ${formatCount(count ?? 0)}`)
    .join(', ');
  const evidence = [
    ...otherCauses(pressure).map((text) => `Also: ${text}.`),
    `Its connections by state: ${states || 'none'}.`,
    `${formatRate(group.closeRate)} connections a second entered TIME_WAIT, where each keeps its port for ${sample.timeWaitSeconds} s.`,
    ...pressureLines(worst, group),
    ...uncertainLines(group),
    ...(group.bindBeforeConnect.suspected && group.bindBeforeConnect.evidence !== undefined
      ? [`bind() before connect(): ${group.bindBeforeConnect.evidence}`]
      : []),
    `Owners: ${ownersText(group, sample.sampling)}`,
  ];
  return [
    ...title,
    `At the worst moment, ${formatUtc(sample.takenAtMs)} UTC, ${code(group.label)} had ${headroomText(group)} headroom (${formatCount(group.used)} of ${formatCount(group.usable)} ports used): **${prose(causeText(pressure))}**.`,
    '',
    ...evidence.map((text) => `- ${prose(text.replace(/ {2,}/g, ': '))}`),
    ...(evidence.some((text) => /\d\d:\d\d:\d\d/.test(text))
      ? ['- Times of day in this list are local.']
      : []),
  ];
}

function sysctlSection({ first, last, points }: RecordingReport): string[] {
  const changed = new Set(points.map(({ change }) => change?.name));
  const value = (text: (typeof last)['sysctls'][keyof (typeof last)['sysctls']]) =>
    text === null ? 'not there' : text === '' ? 'none' : code(printable(text).slice(0, 200));
  const rows = SYSCTL_NAMES.filter((name) => last.sysctls[name] !== null || changed.has(name)).map(
    (name) => [
      code(name),
      value(first.sysctls[name]),
      changed.has(name) ? `**${value(last.sysctls[name])}**` : 'the same',
    ],
  );
  const { low, high, reserved, held, usable } = last.portSpace;
  return [
    '## Sysctls',
    '',
    `Range ${low}–${high}, ${formatCount(reserved)} reserved, ${formatCount(held)} held by bind(), ${formatCount(usable)} usable at the end.`,
    '',
    ...table(['sysctl', 'at the beginning', 'at the end'], rows),
  ];
}
