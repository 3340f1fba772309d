import type { PortRange } from '../../kernel/port-range.ts';

/** Changes to try before making them; absent ones stay as they are. */
export interface WhatIf {
  /** net.ipv4.ip_local_port_range. */
  readonly range?: PortRange;
  /** net.ipv4.tcp_tw_reuse. */
  readonly reuse?: number;
  /** Number of (destination address, port) pairs for each present one. */
  readonly destinations?: number;
  /** Number of source addresses for each present one. */
  readonly sources?: number;
  /** Percentage of opens saved because their requests find an open connection, 0 … 99. */
  readonly keepAlivePercent?: number;
  /** Factor on the present rate of requests, and so of connections. */
  readonly rateFactor?: number;
}

/** True if nothing is changed. */
export function isAsItIs(changes: WhatIf): boolean {
  return Object.keys(changes).length === 0;
}

/** A factor as a fraction of whole or half numbers, so that a result that is whole comes out whole. */
export interface Factor {
  readonly times: number;
  readonly by: number;
}

/** Factors on present amounts. */
export interface Scale {
  /** Live connections of one group. */
  readonly live: Factor;
  /** TIME_WAIT and rates of one group. */
  readonly timeWait: Factor;
  /** TIME_WAIT and rates of the machine. */
  readonly allTimeWait: Factor;
}

/** The factors that result from changes. */
export function scaleOf(changes: WhatIf): Scale {
  const { destinations = 1, sources = 1, keepAlivePercent = 0, rateFactor = 1 } = changes;
  const groups = destinations * sources;
  const opened = 100 - keepAlivePercent;
  return {
    live: { times: rateFactor, by: groups },
    timeWait: { times: rateFactor * opened, by: groups * 100 },
    allTimeWait: { times: rateFactor * opened, by: 100 },
  };
}

/** An amount, scaled. */
export function scaled(amount: number, { times, by }: Factor): number {
  return (amount * times) / by;
}

/** A count, scaled and rounded up. */
export function scaledCount(count: number, factor: Factor): number {
  return Math.ceil(scaled(count, factor));
}

/** A drain schedule, scaled. Rounds the running total: rounding each second up would turn few sockets into many. */
export function scaledSchedule(schedule: readonly number[], factor: Factor): number[] {
  let total = 0;
  let before = 0;
  return schedule.map((count) => {
    total += count;
    const after = scaledCount(total, factor);
    const here = after - before;
    before = after;
    return here;
  });
}
