import type { FireOrder, FireReport, SoakOrder, SoakReading } from '../soak/protocol.ts';

/*
 * What the benchmark and its process inside a network namespace say to each other, and with it the shape
 * of everything that is measured.
 */

/** Sockets to make before measuring. */
export interface Population {
  /** All made at once, so that they end at once, 60 s later. */
  readonly timeWait: number;
  /** Established connections. */
  readonly live: number;
  /** Connections opened and closed per second, from now on. */
  readonly closesPerSecond: number;
  /** Over how many destinations the closes are spread evenly, at least; 1 by default. */
  readonly leastDestinations?: number;
}

/** Everything that is timed as one reading of all sockets, in the order of a round. */
export const CONTENDERS = [
  'netlink floor',
  'netlink read',
  'netlink sample',
  'procfs floor',
  'procfs read',
  'procfs sample',
  'ss',
  'ss | awk',
  'netstat',
  'node',
  'ephtop snapshot',
  'ephtop check',
] as const;
export type Contender = (typeof CONTENDERS)[number];

/** Ms of each contender, one per round; all have as many as there were rounds. */
export type Timings = Readonly<Partial<Record<Contender, readonly number[]>>>;

export interface RoundsOrder {
  readonly contenders: readonly Contender[];
  /** At most; fewer where TIME_WAIT sockets would begin to end. */
  readonly rounds: number;
  /** How long each of those that stay in memory reads in a round, at least; the median is the round's. */
  readonly turnMs: number;
  /** For how long each of those reads before the first round. */
  readonly warmUpMs: number;
}

export interface RoundsResult {
  readonly timings: Timings;
  /** Time-wait sockets before the first and after the last round. */
  readonly timeWaits: Interval;
  /** Contenders that this machine lacks. */
  readonly missing: readonly Contender[];
}

/** A figure at the beginning and at the end of a measurement. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** What runs while its use of the machine is measured. */
export type Viewer =
  /** With a budget of CPU that lets it keep the pace, whatever that costs. */
  | 'ephtop'
  /** With the budget that it has by default. */
  | 'ephtop by default'
  /** `watch -n1` of the pipeline that people use. */
  | 'watch'
  /** What people open first, at the pace that it has by default. */
  | 'htop'
  | 'btop'
  /** The C program that only reads, at ephtop's pace: what the kernel's part of the work takes. */
  | 'floor';

/** A terminal's size, in cells. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

export interface UsageOrder {
  readonly viewer: Viewer;
  /** Of the viewer's terminal; 120x40 by default. */
  readonly screen?: ScreenSize;
  /** From its first screen to the measurement. */
  readonly settleMs: number;
  readonly measureMs: number;
}

/** What a program in a terminal used. */
export interface Usage {
  /** Of one core, all threads, and the processes that it starts. */
  readonly cpuPercent: number;
  /** The same in the parts of the measurement. */
  readonly cpuPercentParts: readonly number[];
  /** Of the process itself; the start is a few seconds after its first screen, however long it settles. */
  readonly residentBytes: Interval;
  /** To the terminal; undefined where there is none. */
  readonly bytesPerSecond?: number | undefined;
  readonly timeWaits: Interval;
}

export interface FirstFrames {
  /** With nothing in the compile cache, as after an installation. */
  readonly coldMs: number;
  readonly warmMs: readonly number[];
}

/** What can be asked of the process in the namespace: argument and answer. */
export interface Operations {
  populate: { argument: Population; answer: null };
  timeReadings: { argument: RoundsOrder; answer: RoundsResult };
  /** Null where the viewer is not installed. */
  measureUsage: { argument: UsageOrder; answer: Usage | null };
  timeFirstFrames: { argument: { count: number }; answer: FirstFrames };
  soak: { argument: SoakOrder; answer: SoakReading[] };
  putUnderFire: { argument: FireOrder; answer: FireReport };
}

export type OperationName = keyof Operations;

export type Order = {
  [Name in OperationName]: { operation: Name; argument: Operations[Name]['argument'] };
}[OperationName];

export type Reply = { ok: true; answer: unknown } | { ok: false; error: string };

/** What the process in the namespace is started with, as JSON. */
export interface InsideSettings {
  /** Where the C programs are, and where a cache may be put. */
  readonly directory: string;
  /** The network namespace that it must not be in: that of the machine. */
  readonly hostNamespace: string;
}
