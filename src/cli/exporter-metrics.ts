import { downText } from '../outputs/prometheus.ts';
import { type SamplerThread, samplerThread } from '../sampling/sampler-thread.ts';
import type { SamplerSettings } from '../sampling/settings.ts';
import { startWorker } from '../sampling/start-worker.ts';
import { IN_PASSING } from '../source/owner-pace.ts';
import type { Trace } from '../source/trace.ts';
import type { OptionsOf } from './option-table.ts';
import { processFigures } from './process-figures.ts';
import { MOST_GROUPS, namespaceOf } from './sampling-settings.ts';

/** Start parameters of the exporter's thread. */
export interface ExporterThreadData {
  readonly settings: SamplerSettings;
  readonly isTraced: boolean;
  readonly filter: string;
  readonly maxGroups: number;
  readonly version: string;
  /** Unix time at which the process started. */
  readonly startedAtSeconds: number;
}

/** Starts the thread that answers with metrics. */
export type StartExporterThread = (
  data: ExporterThreadData,
  trace: Trace | undefined,
) => SamplerThread<string>;

/** Throws SourceError where it cannot start. */
export const startExporterThread: StartExporterThread = (data, trace) =>
  samplerThread(startWorker('exporter-worker', data), trace);

/**
 * The metrics of now. The kernel is read, and thousands of groups are judged, in a thread of its own: meanwhile requests
 * are answered.
 */
export class ExporterMetrics {
  readonly #data: ExporterThreadData;
  readonly #startThread: StartExporterThread;
  readonly #trace: Trace | undefined;
  #thread: SamplerThread<string> | undefined;

  constructor(
    options: OptionsOf<'metrics' | 'where' | 'source' | 'groups'>,
    version: string,
    trace: Trace | undefined,
    startThread: StartExporterThread,
  ) {
    const { source, proc, filter, maxGroups } = options;
    const settings = {
      source,
      procMount: proc,
      mostGroups: MOST_GROUPS,
      ownerPace: IN_PASSING,
      ...namespaceOf(options),
    } as const;
    const startedAtSeconds = performance.timeOrigin / 1000;
    const isTraced = trace !== undefined;
    this.#data = { settings, isTraced, filter, maxGroups, version, startedAtSeconds };
    this.#startThread = startThread;
    this.#trace = trace;
  }

  /** The metrics of now, from a new thread where the last one has ended. Rejects with SourceError. */
  async read(): Promise<string> {
    if (this.#thread === undefined || this.#thread.hasEnded)
      this.#thread = this.#startThread(this.#data, this.#trace);
    return this.#thread.take();
  }

  /** The metrics when the kernel cannot be read. */
  down(): string {
    const { version, startedAtSeconds } = this.#data;
    return downText({ version, process: processFigures(startedAtSeconds) });
  }

  async end(): Promise<void> {
    await this.#thread?.end();
  }
}
