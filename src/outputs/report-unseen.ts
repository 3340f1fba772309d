import { withoutStop } from '../format/sentence.ts';
import { formatCount, formatDuration, formatUtc, formatUtcClock } from '../format/units.ts';
import type { RecordingReport } from '../model/report/recording-report.ts';
import { prose } from './markdown.ts';

/** What the recorder could not see. */
export function unseenLines({
  unseen,
  groups,
  fromMs: firstMs,
  toMs: lastMs,
}: RecordingReport): string[] {
  const { gaps, notes, remainderGroups, ownersUnseen, damage, missingEnds } = unseen;
  const uncertain = groups.filter(({ worst }) => worst.uncertain !== undefined).length;
  const lines = [
    ...(damage === undefined ? [] : [damage]),
    ...(missingEnds.start
      ? [
          `Samples from before ${formatUtc(firstMs)} UTC may be missing: the file is damaged or cut off there.`,
        ]
      : []),
    ...notes.map(({ atMs, text }) => `${withoutStop(text)} (from ${formatUtcClock(atMs)} on).`),
    ...gaps.map(
      ({ fromMs, toMs }) =>
        `No sample between ${formatUtc(fromMs)} and ${formatUtc(toMs)} UTC (${formatDuration((toMs - fromMs) / 1000)}).`,
    ),
    ...(missingEnds.end
      ? [
          `Samples from after ${formatUtc(lastMs)} UTC may be missing: the file is damaged or cut off there.`,
        ]
      : []),
    ...(remainderGroups > 0
      ? [
          `Up to ${formatCount(remainderGroups)} smaller ${remainderGroups === 1 ? 'group was' : 'groups were'} only summed up.`,
        ]
      : []),
    ...(ownersUnseen > 0
      ? [
          `The files of ${formatCount(ownersUnseen)} ${ownersUnseen === 1 ? 'process' : 'processes'} could not be read, so that owners may be missing.`,
        ]
      : []),
    ...(uncertain > 0
      ? [
          `The headroom of ${formatCount(uncertain)} of the groups above is a lower bound; the evidence says why.`,
        ]
      : []),
    'A recording holds groups, not single sockets, and nothing between two samples.',
  ];
  return ['## What the recorder could not see', '', ...lines.map((line) => `- ${prose(line)}`)];
}
