import { sysctlNumber, type SysctlValues } from '../../kernel/sysctl.ts';

/**
 * How long TIME_WAIT lasts on mainline kernels, in seconds: TCP_TIMEWAIT_LEN (include/net/tcp.h), a constant. Some
 * vendors' kernels have a sysctl for it, net.ipv4.tcp_tw_timeout.
 */
export const MAINLINE_TIME_WAIT_SECONDS = 60;

/** No kernel lets TIME_WAIT last longer: the limit of net.ipv4.tcp_tw_timeout. */
export const LONGEST_TIME_WAIT_SECONDS = 600;

/** Tolerance for rounded timers, in ms, before TIME_WAIT counts as longer than expected. */
const ROUNDING_MS = 1000;

/**
 * How long TIME_WAIT lasts here, in whole seconds: tcp_tw_timeout if the kernel has it, else `knownSeconds`; more if a
 * socket's own timer has more left (`longestLeftMs`).
 */
export function timeWaitSeconds(
  longestLeftMs: number,
  sysctls: SysctlValues,
  knownSeconds = MAINLINE_TIME_WAIT_SECONDS,
): number {
  const said = sysctlNumber(sysctls, 'net.ipv4.tcp_tw_timeout') ?? knownSeconds;
  const expected = Math.max(1, Math.min(LONGEST_TIME_WAIT_SECONDS, said));
  if (longestLeftMs <= expected * 1000 + ROUNDING_MS) return expected;
  return Math.min(LONGEST_TIME_WAIT_SECONDS, Math.ceil(longestLeftMs / 1000));
}

/** Window of close rates, in seconds: long enough to smooth bursts, short enough to see a change. */
export const RATE_SECONDS = 10;

/** Delay before a TIME_WAIT socket may be taken over, on kernels without tcp_tw_reuse_delay (before 6.14). */
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

/** The rule in force. If tcp_tw_reuse cannot be read, nothing is assumed to be reused. */
export function reuseRule(sysctls: SysctlValues): ReuseRule {
  return {
    mode: sysctlNumber(sysctls, 'net.ipv4.tcp_tw_reuse') ?? 0,
    delayMs: sysctlNumber(sysctls, 'net.ipv4.tcp_tw_reuse_delay') ?? DEFAULT_REUSE_DELAY_MS,
    timestamps: (sysctlNumber(sysctls, 'net.ipv4.tcp_timestamps') ?? 1) !== 0,
  };
}

/**
 * Age in ms above which connect() takes over a group's TIME_WAIT sockets; Infinity: never. FIN_WAIT2 time-wait sockets
 * are never taken over.
 */
export function reusableFromAgeMs(rule: ReuseRule, isLoopback: boolean): number {
  const applies = rule.timestamps && (rule.mode === 1 || (rule.mode === 2 && isLoopback));
  return applies ? rule.delayMs : Infinity;
}

/** Age of a TIME_WAIT socket in ms. `leftMs`: time left on its timer; `lengthSeconds`: how long TIME_WAIT lasts. */
export function timeWaitAgeMs(leftMs: number, lengthSeconds: number): number {
  return Math.max(0, lengthSeconds * 1000 - leftMs);
}

/** The second of the drain schedule, 0 … length - 1, of a TIME_WAIT socket with this much time left. */
export function drainSecond(leftMs: number, lengthSeconds: number): number {
  return Math.min(lengthSeconds - 1, Math.floor(leftMs / 1000));
}

/** An empty drain schedule: one zero for each second that TIME_WAIT lasts. */
export function emptySchedule(lengthSeconds: number): number[] {
  return Array.from({ length: lengthSeconds }, () => 0);
}

/**
 * Sockets that entered TIME_WAIT per second, mean of the last 10 s. They leave it in the last 10 s of the schedule,
 * which is as long as TIME_WAIT.
 */
export function closesPerSecond(schedule: readonly number[]): number {
  const recent = schedule.slice(-RATE_SECONDS);
  return recent.length === 0 ? 0 : recent.reduce((sum, count) => sum + count, 0) / recent.length;
}

/** Number of connections that closed within the last `seconds` and are in TIME_WAIT. */
export function closesWithin(drainSchedule: readonly number[], seconds: number): number {
  const whole = Math.min(drainSchedule.length, Math.floor(seconds));
  const recent = whole === 0 ? [] : drainSchedule.slice(-whole);
  const at = drainSchedule.length - whole - 1;
  const partial = drainSchedule[at] ?? 0;
  const share = (seconds - whole) / filledShare(drainSchedule, at);
  return recent.reduce((total, count) => total + count, 0) + partial * Math.min(1, share);
}

/**
 * The share of a second, from its end back, over which its closes are spread: all of it but where they have only begun in it, as
 * fast as they go on in the second after.
 */
function filledShare(schedule: readonly number[], at: number): number {
  const [here, after] = [schedule[at] ?? 0, schedule[at + 1] ?? 0];
  if (here === 0 || here >= after) return 1;
  for (let older = at - 1; older >= 0; older--) if (schedule[older] !== 0) return 1;
  return here / after;
}
