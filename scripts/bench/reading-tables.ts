import { head, ms, NONE, type Row, whole } from './markdown.ts';
import type { Contender } from './protocol.ts';
import type { ReadingResult } from './results.ts';
import { median, medianRatio } from './statistics.ts';
import {
  COMMAND_TARGET_SOCKETS,
  FLOOR_GROWTH_SOCKETS,
  FLOOR_TARGET_SOCKETS,
  type Target,
  TARGETS,
  targetText,
  verdict,
} from './targets.ts';

type Source = 'netlink' | 'procfs';

const FLOOR_TARGETS: Readonly<Record<Source, Target>> = {
  netlink: TARGETS.netlinkToFloor,
  procfs: TARGETS.procfsToFloor,
};

const NOT_JUDGED: Row = [NONE, ''];

/** Each source against the C program that reads the same. */
export function floorTable(readings: readonly ReadingResult[]): Row[] {
  const rows = readings.flatMap((reading) => [
    ...floorRow(reading, 'netlink'),
    ...floorRow(reading, 'procfs'),
  ]);
  return [
    head('sockets|source|floor, ms|parsed, ms|× floor|grouped, ms|× floor|target||rounds'),
    ...rows,
  ];
}

function floorRow(reading: ReadingResult, source: Source): Row[] {
  const { sockets, timings } = reading;
  const floor = timings[`${source} floor`];
  const read = timings[`${source} read`];
  const sample = timings[`${source} sample`];
  if (floor === undefined || sample === undefined) return [];
  return [
    [
      whole(sockets),
      source,
      ms(median(floor)),
      ...(read === undefined ? [NONE, NONE] : timesFloor(read, floor)),
      ...timesFloor(sample, floor),
      ...floorJudgement(sockets, medianRatio(sample, floor), FLOOR_TARGETS[source]),
      whole(floor.length),
    ],
  ];
}

function floorJudgement(sockets: number, ratio: number, target: Target): Row {
  if (sockets === FLOOR_TARGET_SOCKETS) return judgement(ratio, target);
  if (!FLOOR_GROWTH_SOCKETS.includes(sockets)) return NOT_JUDGED;
  const { limit } = TARGETS.floorGrowth;
  const words = `${targetText(target)} + ${limit}`;
  return [words, verdict(ratio, { ...target, limit: target.limit + limit })];
}

function timesFloor(times: readonly number[], floor: readonly number[]): Row {
  return [ms(median(times)), medianRatio(times, floor).toFixed(2)];
}

const TOOL_LABELS: readonly (readonly [Contender, string])[] = [
  ['ss', '`ss -tan`'],
  ['ss | awk', '`ss -tan \\| awk` counting per destination'],
  ['netstat', '`netstat -tan`'],
  ['node', '`node -e 0`: the start of Node alone'],
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
  const [tookMs, ratio] = [median(times), medianRatio(times, sample)];
  const judged = toolJudgement(tool, sockets, tookMs, ratio);
  return [[whole(sockets), label, ms(tookMs), ms(median(sample)), ratio.toFixed(1), ...judged]];
}

function toolJudgement(tool: Contender, sockets: number, tookMs: number, ratio: number): Row {
  if (tool === 'ss | awk') return judgement(ratio, TARGETS.pipelineToSample);
  const isCommand = tool === 'ephtop snapshot' || tool === 'ephtop check';
  if (isCommand && sockets === COMMAND_TARGET_SOCKETS) return judgement(tookMs, TARGETS.commandMs);
  return NOT_JUDGED;
}

function judgement(value: number, target: Target): Row {
  return [targetText(target), verdict(value, target)];
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
