import type { HeapUsage, ProcessUsage } from './process-usage.ts';

/** One look at the program from outside. */
export interface SoakReading extends ProcessUsage {
  /** Ms since its first screen. */
  readonly atMs: number;
  /** Written to the terminal so far. */
  readonly terminalBytes: number;
  readonly heap: HeapUsage | undefined;
  readonly timeWaits: number;
}

/** What to run, for how long, and how often to look. */
export interface SoakOrder {
  /** Of the command line, behind the program's name. */
  readonly args: readonly string[];
  readonly durationMs: number;
  readonly readingEveryMs: number;
  /** True to say on stderr how far it is. */
  readonly isTold: boolean;
}

/** How a program behaved on a machine under fire. */
export interface FireReport {
  /** Ms from a key until the screen showed it, one per key. */
  readonly answersMs: readonly number[];
  /** Ms between two frames, one per pair. */
  readonly frameGapsMs: readonly number[];
  /** Figures on the screen, with the least and the most that the kernel counted around the frame. */
  readonly figures: readonly { shown: number; least: number; most: number }[];
  /** Connections opened per second, by the kernel's counter. */
  readonly opensPerSecond: number;
  /** Time-wait sockets, at the beginning and at the end. */
  readonly timeWaits: { readonly start: number; readonly end: number };
  /** CPU of all processes of the program, in percent of one core. */
  readonly cpuPercent: number;
}

/** How long to watch, beside how many processes that take all they can get of a processor. */
export interface FireOrder {
  readonly durationMs: number;
  readonly hogs: number;
}
