import type { ProcessFigures } from '../outputs/prometheus.ts';

/** What this process, with all of its threads, has cost so far. */
export function processFigures(startedAtSeconds: number): ProcessFigures {
  const { user, system } = process.cpuUsage();
  return {
    cpuSeconds: (user + system) / 1e6,
    residentBytes: process.memoryUsage.rss(),
    startedAtSeconds,
  };
}
