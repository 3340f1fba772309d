import { formatDuration, formatInterval, formatPace, formatPercent } from '../format/units.ts';
import type { Sample } from '../model/sample/sample.ts';
import { namespacesAlong } from '../sampling/namespaces-along.ts';
import { sampleAlong } from '../sampling/sampler.ts';
import type { SamplingSettings } from '../sampling/settings.ts';
import type { Trace } from '../source/trace.ts';
import { systemClock } from '../source/clock.ts';
import { isHangupIgnored } from '../source/hangup.ts';
import { keepMemorySmall } from '../source/small-memory.ts';
import type { Source } from '../sampling/source.ts';
import { SourceError } from '../source/source-error.ts';
import type { Invocation } from './invocation.ts';
import type { OptionsOf } from './option-table.ts';
import { type SamplingOptions, samplingSettings } from './sampling-settings.ts';
import { requireRedirected, stdoutTaken } from './stdout.ts';
import { openOutput, requireOutputUse } from './record-output.ts';
import { openRecording, type OpenRecording } from './recorder.ts';
import { say } from './say.ts';

type RecordOptions = SamplingOptions & OptionsOf<'output' | 'recording'>;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const WITHOUT_HANGUP = ['SIGINT', 'SIGTERM'] as const;

/** Records until the time is over or a signal arrives. Throws SourceError if it cannot. */
export async function runRecord({ options, trace }: Invocation<RecordOptions>): Promise<void> {
  requireOutputUse(options);
  requireRedirected(options.output);
  keepMemorySmall();
  const stop = new AbortController();
  const end = () => stop.abort();
  const signals = isHangupIgnored() ? WITHOUT_HANGUP : SIGNALS;
  for (const signal of signals) process.on(signal, end);
  if (options.duration !== undefined)
    void systemClock.sleep(options.duration, stop.signal).then(end);
  const source = await sourceOf(options, trace);
  let failure: string | undefined;
  let recording: OpenRecording | undefined;
  const pace = paceNews(options);
  const anonymous = options.anonymize ? await newAnonymizer() : (sample: Sample) => sample;
  const fail = (text: string) => {
    failure = text;
    end();
  };
  try {
    for await (const seen of source.samples(stop.signal)) {
      if (seen === undefined) continue;
      const sample = anonymous(seen);
      recording ??= await begin(sample, options, fail);
      recording.push(sample);
      pace(sample);
      if (recording.path === '-') await stdoutTaken(stop.signal);
    }
  } finally {
    end();
    recording?.end();
    for (const signal of signals) process.off(signal, end);
    // Also where the source has failed: what was recorded before is there. A failure says it by itself.
    if (recording !== undefined && failure === undefined) say(recording.summary());
  }
  if (failure !== undefined) throw new SourceError(failure);
}

/** Samples of where --via leads, of all network namespaces, or of here; what only one of them needs is loaded for it alone. */
async function sourceOf(
  options: RecordOptions,
  trace: Trace | undefined,
): Promise<Source<Sample | undefined>> {
  const { via, allNamespaces, interval: intervalMs } = options;
  const settings = samplingSettings(options);
  if (via !== undefined) {
    const { openVia } = await import('./via.ts');
    return openVia(via, settings, trace, say).source;
  }
  return allNamespaces
    ? everywhere(settings, intervalMs, trace)
    : sampleAlong(settings, { intervalMs }, { trace });
}

async function newAnonymizer(): Promise<(sample: Sample) => Sample> {
  const { anonymizer } = await import('../recording/anonymous/sample.ts');
  return anonymizer();
}

/** The samples of all network namespaces, one after the other. */
function everywhere(
  settings: SamplingSettings,
  intervalMs: number,
  trace: Trace | undefined,
): Source<Sample> {
  return {
    async *samples(signal) {
      const rounds = namespacesAlong(settings, { intervalMs }, { trace });
      for await (const round of rounds.samples(signal)) yield* round?.samples ?? [];
    },
  };
}

async function begin(
  sample: Sample,
  options: RecordOptions,
  onFailure: (text: string) => void,
): Promise<OpenRecording> {
  const { path, output, where, see } = await openOutput(sample, options);
  const recording = openRecording(path, output, onFailure);
  const end =
    options.duration === undefined
      ? 'Ctrl-C ends it'
      : `for ${formatDuration(options.duration / 1000)}, or until Ctrl-C`;
  say(`recording to ${where} every ${formatInterval(options.interval)}; ${end}.`);
  for (const warning of sample.sampling.warnings) say(warning);
  if (see === undefined) return recording;
  return {
    ...recording,
    push(each) {
      see(each);
      recording.push(each);
    },
  };
}

/** Says once that the CPU budget allows fewer samples than asked for. */
function paceNews({ interval, cpuBudget, via }: RecordOptions): (sample: Sample) => void {
  let isSaid = false;
  return ({ sampling: { pacing } }) => {
    if (isSaid || pacing === undefined || pacing.intervalMs <= interval) return;
    isSaid = true;
    if (via !== undefined)
      return say(
        `fewer samples than asked for: the link, and the CPU time there, allow one every ${formatPace(pacing.intervalMs)}.`,
      );
    say(
      `fewer samples than asked for: the CPU budget of ${formatPercent(100 * cpuBudget)} allows one every ${formatPace(pacing.intervalMs)} (--cpu-budget allows more).`,
    );
  };
}
