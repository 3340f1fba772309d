/** A figure that a release should reach. */
export interface Target {
  readonly limit: number;
  /** `most`: the figure may be that large; `least`: it may be that small. */
  readonly bound: 'most' | 'least';
  /** Put behind the limit: `≤ 2 %`. */
  readonly unit: string;
}

/** Judged at this number of sockets: the size at which a floor is no longer noise. */
export const FLOOR_TARGET_SOCKETS = 200_000;
/** Judged at these numbers of sockets: how much further from the floor than the target at that one. */
export const FLOOR_GROWTH_SOCKETS: readonly number[] = [28_000, 1_000_000];
/** Judged at this number of sockets: the ports of one destination. */
export const COMMAND_TARGET_SOCKETS = 28_000;

const most = (limit: number, unit = ''): Target => ({ limit, unit, bound: 'most' });
const least = (limit: number, unit = ''): Target => ({ limit, unit, bound: 'least' });

/** What ephtop is held to. */
export const TARGETS = {
  /** Times the C program that reads the same and parses nothing. */
  netlinkToFloor: most(1.12),
  procfsToFloor: most(1.1),
  /** By how much either may be above that with fewer or more sockets. */
  floorGrowth: most(0.1),
  /** How many times faster a sample is than `ss -tan | awk`. */
  pipelineToSample: least(6),
  /** `ephtop check` and `ephtop snapshot`, from the start of the process to its end. */
  commandMs: most(100, ' ms'),
  /** Percent of one core, four samples a second. */
  idleCpu: most(1.2, ' %'),
  busyCpu: most(6.5, ' %'),
  crowdCpu: most(9, ' %'),
  idleResidentMb: most(88, ' MB'),
  busyResidentMb: most(100, ' MB'),
  /** Resident memory at the end of a measurement, as a multiple of that at its start. */
  residentGrowth: most(1.05),
  quietBytesPerSecond: most(1000),
  busyBytesPerSecond: most(10_000),
  idleFirstFrameMs: most(150, ' ms'),
  busyFirstFrameMs: most(180, ' ms'),
  coldFirstFrameMs: most(220, ' ms'),
} as const satisfies Record<string, Target>;

/** `≤ 1.15`, `≥ 4`, `≤ 200 ms`. */
export function targetText({ limit, bound, unit }: Target): string {
  return `${bound === 'most' ? '≤' : '≥'} ${limit.toLocaleString('en-US')}${unit}`;
}

/** Whether the figure reaches its target. */
export function isMet(value: number, { limit, bound }: Target): boolean {
  return bound === 'most' ? value <= limit : value >= limit;
}

/** `met`, or by how much of the limit the figure misses it: `missed by 13 %`. */
export function verdict(value: number, target: Target): string {
  if (isMet(value, target)) return 'met';
  const percent = (100 * Math.abs(value - target.limit)) / target.limit;
  // A miss too small to show must not read "by 0 %".
  return `**missed by ${percent < 1 ? '< 1' : Math.round(percent)} %**`;
}
