import { head, NONE, type Row, span, whole } from './markdown.ts';
import type { Interval, Viewer } from './protocol.ts';
import type { FirstFrameResult, Situation, ViewerResult } from './results.ts';
import { median } from './statistics.ts';
import { type Target, TARGETS, targetText, verdict } from './targets.ts';

const SITUATION_TEXT: Readonly<Record<Situation, string>> = {
  idle: 'idle: 10 connections',
  still: '28,000 TIME_WAIT, no change',
  steady: '28,000 TIME_WAIT, 466 closes/s',
  crowd: '30 busy groups, 466 closes/s, 200x50',
};

type BySituation = Readonly<Record<Situation, Target>>;

const idleOrBusy = (idle: Target, busy: Target): BySituation => ({
  idle,
  still: busy,
  steady: busy,
  crowd: busy,
});

const MEMORY_TARGETS = idleOrBusy(TARGETS.idleResidentMb, TARGETS.busyResidentMb);
const FIRST_FRAME_TARGETS = idleOrBusy(TARGETS.idleFirstFrameMs, TARGETS.busyFirstFrameMs);
const CPU_TARGETS: BySituation = {
  ...idleOrBusy(TARGETS.idleCpu, TARGETS.busyCpu),
  crowd: TARGETS.crowdCpu,
};
/** None for the crowd: its screen has twice the cells. */
const BYTES_TARGETS: Readonly<Partial<Record<Situation, Target>>> = {
  idle: TARGETS.quietBytesPerSecond,
  still: TARGETS.quietBytesPerSecond,
  steady: TARGETS.busyBytesPerSecond,
};

const VIEWER_LABELS: Readonly<Record<Viewer, string>> = {
  ephtop: 'ephtop',
  'ephtop by default': 'ephtop, default budget',
  floor: 'floor (C)',
  watch: "`watch 'ss …'`",
  htop: '`htop`',
  btop: '`btop`',
};

/** What the program uses while it runs, and what it is compared with. */
export function viewerTable(viewers: readonly ViewerResult[]): Row[] {
  const rows = viewers.map(({ situation, viewer, usage }): Row => {
    const { cpuPercent, cpuPercentParts, residentBytes, bytesPerSecond, timeWaits } = usage;
    const isOurs = viewer === 'ephtop';
    const judge = (value: number, target: Target | undefined) =>
      isOurs && target ? `${targetText(target)}: ${verdict(value, target)}` : NONE;
    const parts = [Math.min(...cpuPercentParts), Math.max(...cpuPercentParts)];
    return [
      SITUATION_TEXT[situation],
      VIEWER_LABELS[viewer],
      `${cpuPercent.toFixed(1)} (${parts.map((part) => part.toFixed(1)).join('–')})`,
      judge(cpuPercent, CPU_TARGETS[situation]),
      span(residentBytes, (bytes) => (bytes / 1e6).toFixed(0)),
      isOurs ? memoryVerdict(residentBytes, MEMORY_TARGETS[situation]) : NONE,
      bytesPerSecond === undefined ? NONE : whole(bytesPerSecond),
      judge(bytesPerSecond ?? 0, BYTES_TARGETS[situation]),
      span(timeWaits, whole),
    ];
  });
  return [
    head('situation|program|CPU %|target|resident, MB|target|bytes/s|target|TIME_WAIT'),
    ...rows,
  ];
}

function memoryVerdict({ start, end }: Interval, target: Target): string {
  // What only the start needed has been given back by the end.
  const size = verdict(end / 1e6, target);
  const isFlat = end / start <= TARGETS.residentGrowth.limit;
  return `${targetText(target)}: ${size}; flat: ${isFlat ? 'met' : '**missed**'}`;
}

/** How long the program takes to show something. */
export function firstFrameTable(firstFrames: readonly FirstFrameResult[]): Row[] {
  const judge = (ms: number, target: Target) => `${targetText(target)}: ${verdict(ms, target)}`;
  const rows = firstFrames.map(({ situation, coldMs, warmMs }): Row => [
    SITUATION_TEXT[situation],
    whole(median(warmMs)),
    `${whole(Math.min(...warmMs))}–${whole(Math.max(...warmMs))}`,
    whole(warmMs.length),
    judge(median(warmMs), FIRST_FRAME_TARGETS[situation]),
    whole(coldMs),
    judge(coldMs, TARGETS.coldFirstFrameMs),
  ]);
  return [head('situation|median, ms|fastest–slowest|starts|target|cold, ms|target'), ...rows];
}
