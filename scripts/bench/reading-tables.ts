import { head, ms, NONE, type Row, whole } from './markdown.ts';
import type { Contender } from './protocol.ts';
import type { ReadingResult } from './results.ts';
import { median, medianRatio } from './statistics.ts';
import { FLOOR_TARGET_SOCKETS, type Target, TARGETS, targetText, verdict } from './targets.ts';

/** Each source against the C program that reads the same. */
export function floorTable(readings: readonly ReadingResult[]): Row[] {
  const rows = readings.flatMap((reading) => [
    ...floorRow(reading, 'netlink', TARGETS.netlinkToFloor),
    ...floorRow(reading, 'procfs', TARGETS.procfsToFloor),
  ]);
  return [
    head('sockets|source|floor, ms|parsed, ms|× floor|grouped, ms|× floor|target||rounds'),
    ...rows,
  ];
}

function floorRow(
  { sockets, timings }: ReadingResult,
  source: 'netlink' | 'procfs',
  target: Target,
): Row[] {
  const floor = timings[`${source} floor`];
  const read = timings[`${source} read`];
  const sample = timings[`${source} sample`];
  if (floor === undefined || sample === undefined) return [];
  const ratio = medianRatio(sample, floor);
  const isJudged = sockets === FLOOR_TARGET_SOCKETS;
  return [
    [
      whole(sockets),
      source,
      ms(median(floor)),
      ...(read === undefined ? [NONE, NONE] : timesFloor(read, floor)),
      ...timesFloor(sample, floor),
      ...(isJudged ? [targetText(target), verdict(ratio, target)] : [NONE, '']),
      whole(floor.length),
    ],
  ];
}

function timesFloor(times: readonly number[], floor: readonly number[]): Row {
  return [ms(median(times)), medianRatio(times, floor).toFixed(2)];
}

const TOOL_LABELS: readonly (readonly [Contender, string])[] = [
  ['ss', '`ss -tan`'],
  ['ss | awk', '`ss -tan \\| awk` counting per destination'],
  ['netstat', '`netstat -tan`'],
  ['ephtop snapshot', '`ephtop snapshot`, start of Node and all'],
  ['ephtop check', '`ephtop check`, start of Node and all'],
];

/** Whole processes against a sample over netlink. */
export function toolTable(readings: readonly ReadingResult[]): Row[] {
  return [
    head('sockets|tool|ms|a sample, ms|times the sample|target|'),
    ...readings.flatMap((reading) =>
      TOOL_LABELS.flatMap(([tool, label]) => toolRow(reading, tool, label)),
    ),
  ];
}

function toolRow({ sockets, timings }: ReadingResult, tool: Contender, label: string): Row[] {
  const [times, sample] = [timings[tool], timings['netlink sample']];
  if (times === undefined || sample === undefined) return [];
  const ratio = medianRatio(times, sample);
  const target = TARGETS.pipelineToSample;
  const judgement = tool === 'ss | awk' ? [targetText(target), verdict(ratio, target)] : [NONE, ''];
  return [
    [whole(sockets), label, ms(median(times)), ms(median(sample)), ratio.toFixed(1), ...judgement],
  ];
}

const COST_CONTENDERS = [
  'netlink floor',
  'netlink sample',
  'procfs floor',
  'procfs sample',
  'ss | awk',
] as const satisfies readonly Contender[];

/** What a socket costs as their number grows. */
export function costTable(readings: readonly ReadingResult[]): Row[] {
  const present = COST_CONTENDERS.filter((name) => readings.some(({ timings }) => timings[name]));
  const rows = readings.map(({ sockets, timings }) => [
    whole(sockets),
    ...present.map((name) => {
      const times = timings[name];
      return times === undefined ? NONE : whole((median(times) * 1e6) / sockets);
    }),
  ]);
  return [['sockets', ...present.map((name) => name.replace('|', '\\|'))], ...rows];
}
