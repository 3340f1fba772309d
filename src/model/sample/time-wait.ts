import { sysctlNumber, type SysctlValues } from '../../kernel/sysctl.ts';

/** How long TIME_WAIT lasts, in ms: TCP_TIMEWAIT_LEN (include/net/tcp.h). No sysctl changes it. */
export const TIME_WAIT_MS = 60_000;

/** Seconds that a drain schedule covers. */
export const DRAIN_SECONDS = TIME_WAIT_MS / 1000;

/** Seconds over which close rates are meant: long enough to smooth bursts, short enough to see a change. */
export const RATE_SECONDS = 10;

/** Delay before a TIME_WAIT socket may be taken over, where tcp_tw_reuse_delay does not exist (before 6.14). */
const DEFAULT_REUSE_DELAY_MS = 1000;

/** When the kernel lets connect() take over a TIME_WAIT socket: tcp_twsk_unique() in net/ipv4/tcp_ipv4.c. */
export interface ReuseRule {
  /** net.ipv4.tcp_tw_reuse: 0 never, 1 always, 2 on loopback only. */
  readonly mode: number;
  /** TIME_WAIT must be older than this. */
  readonly delayMs: number;
  /** Without TCP timestamps nothing is ever taken over. */
  readonly timestamps: boolean;
}

/** The rule in force; a kernel that does not tell its tcp_tw_reuse is taken to reuse nothing. */
export function reuseRule(sysctls: SysctlValues): ReuseRule {
  return {
    mode: sysctlNumber(sysctls, 'net.ipv4.tcp_tw_reuse') ?? 0,
    delayMs: sysctlNumber(sysctls, 'net.ipv4.tcp_tw_reuse_delay') ?? DEFAULT_REUSE_DELAY_MS,
    timestamps: (sysctlNumber(sysctls, 'net.ipv4.tcp_timestamps') ?? 1) !== 0,
  };
}

/**
 * The age in ms from which on a tuple group's TIME_WAIT sockets are free for connect(); Infinity: never.
 * FIN_WAIT2 time-wait sockets are never taken over, whatever this says.
 */
export function reusableFromAgeMs(rule: ReuseRule, isLoopback: boolean): number {
  const applies = rule.timestamps && (rule.mode === 1 || (rule.mode === 2 && isLoopback));
  return applies ? rule.delayMs : Infinity;
}

/** Age of a TIME_WAIT socket in ms, from the time its timer has left. */
export function timeWaitAgeMs(leftMs: number): number {
  return Math.max(0, TIME_WAIT_MS - leftMs);
}

/** Which second of the drain schedule a TIME_WAIT socket with this much time left belongs to: 0 … 59. */
export function drainSecond(leftMs: number): number {
  return Math.min(DRAIN_SECONDS - 1, Math.floor(leftMs / 1000));
}

/** An empty drain schedule: a number for each of the next 60 seconds. */
export function emptySchedule(): number[] {
  return Array.from({ length: DRAIN_SECONDS }, () => 0);
}

/**
 * Sockets that entered TIME_WAIT per second, a mean of the last 10 s: those are the ones that leave it
 * in the last 10 s of the schedule.
 */
export function closesPerSecond(schedule: readonly number[]): number {
  return (
    schedule.slice(DRAIN_SECONDS - RATE_SECONDS).reduce((sum, count) => sum + count, 0) /
    RATE_SECONDS
  );
}
