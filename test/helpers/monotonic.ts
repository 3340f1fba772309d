/** CLOCK_MONOTONIC in ms: the same for every process of this machine, and never set back. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
