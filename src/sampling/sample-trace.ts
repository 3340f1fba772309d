import type { Sample } from '../model/sample/sample.ts';
import type { Clock } from '../source/clock.ts';
import { StepTimes, type Trace } from '../source/trace.ts';
import type { Pacing } from './source.ts';

/** Writes samples to the debug log; costs nothing if there is none. */
export interface SampleTrace {
  /** Runs a step of a sample and times it. */
  readonly time: <Result>(step: string, work: () => Result) => Result;
  /** Logs the sample, the time of its steps, and warnings that are new. */
  readonly sampleTaken: (sample: Sample) => void;
}

const NO_TRACE: SampleTrace = { time: (_, work) => work(), sampleTaken: () => {} };

/** Creates the part of a sampler that writes to the debug log, if there is one. */
export function sampleTrace(trace: Trace | undefined, clock: Clock): SampleTrace {
  if (trace === undefined) return NO_TRACE;
  const steps = new StepTimes(clock);
  let warned: readonly string[] = [];
  return {
    time: (step, work) => steps.time(step, work),
    sampleTaken({ sampling, groups }) {
      const { source, sockets, warnings } = sampling;
      trace(`sample: ${source}, ${sockets} sockets, ${groups.length} groups; ${steps.take()}`);
      for (const warning of warnings) if (!warned.includes(warning)) trace(`warning: ${warning}`);
      warned = warnings;
    },
  };
}

/** Logs each change of the sampling interval, and why, if there is a debug log. */
export function paceTrace(
  trace: Trace | undefined,
  cpuBudget: number,
): (pacing: Pacing, askedMs: number) => void {
  if (trace === undefined) return () => {};
  let told: string | undefined;
  return ({ intervalMs, cpuShare }, askedMs) => {
    const interval = `${intervalMs} ms between samples (${askedMs} ms asked for)`;
    if (interval === told) return;
    told = interval;
    const used = cpuShare === undefined ? 'not known yet' : percent(cpuShare);
    trace(`budget: ${interval}; CPU use ${used} of one core, limit ${percent(cpuBudget)}`);
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
