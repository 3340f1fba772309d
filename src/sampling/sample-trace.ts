import type { Sample } from '../model/sample/sample.ts';
import type { Clock } from '../source/clock.ts';
import { StepTimes, type Trace } from '../source/trace.ts';
import type { Pacing } from './source.ts';

/** Tells the debug log of samples; costs nothing where there is none. */
export interface SampleTrace {
  /** Does a step of a sample, and measures it. */
  readonly time: <Result>(step: string, work: () => Result) => Result;
  /** Tells what the sample is, how long its steps took, and of warnings that the one before did not have. */
  readonly sampleTaken: (sample: Sample) => void;
}

const NO_TRACE: SampleTrace = { time: (_, work) => work(), sampleTaken: () => {} };

/** Makes the part of a sampler that tells the debug log, if there is one. */
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

/** Tells the debug log, if there is one, whenever the time between two samples changes, and why. */
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
