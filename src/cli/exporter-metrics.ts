import { downText } from '../outputs/prometheus.ts';
import type { PlacesRound } from '../sampling/places-round.ts';
import { type SamplerThread, samplerThread } from '../sampling/sampler-thread.ts';
import type { SamplerSettings } from '../sampling/settings.ts';
import { startWorker } from '../sampling/start-worker.ts';
import { IN_PASSING } from '../source/owner-pace.ts';
import type { ViaCommand } from '../source/elsewhere/via-command.ts';
import type { Trace } from '../source/trace.ts';
import type { OptionsOf } from './option-table.ts';
import { processFigures } from './process-figures.ts';
import { type MetricsSettings, RoundMetrics } from './round-metrics.ts';
import { chosenNamespace, MOST_GROUPS } from './sampling-settings.ts';

/** Start parameters of the exporter's thread. */
export interface ExporterThreadData extends MetricsSettings {
  readonly settings: SamplerSettings;
  readonly isTraced: boolean;
  /** True for all network namespaces of this machine. */
  readonly isEverywhere: boolean;
}

/** Starts the thread that answers with metrics. */
export type StartExporterThread = (
  data: ExporterThreadData,
  trace: Trace | undefined,
) => SamplerThread<string>;

/** Throws SourceError where it cannot start. */
export const startExporterThread: StartExporterThread = (data, trace) =>
  samplerThread(startWorker('exporter-worker', data), trace);

/** A scrape is given up after 9 s: a place that is silent is not to take the others' metrics with it. */
const LONGEST_ROUND_MS = 7000;

/** Answers with metrics of the places where commands lead; the links are held here. */
function viaMetrics(
  commands: readonly ViaCommand[],
  data: MetricsSettings,
  trace: Trace | undefined,
): SamplerThread<string> {
  // What starts programs is loaded only where it is asked for.
  const opened = import('./via.ts').then(({ viaRounds }) =>
    viaRounds(commands, trace, { longestMs: () => LONGEST_ROUND_MS }),
  );
  let rounds: SamplerThread<PlacesRound> | undefined;
  const metrics = new RoundMetrics(data);
  return {
    async take() {
      rounds = await opened;
      return metrics.textOf(await rounds.take());
    },
    watchRefusals: () => {},
    get hasEnded() {
      return rounds?.hasEnded === true;
    },
    end: async () => (await opened).end(),
  };
}

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
      ...chosenNamespace(options),
    } as const;
    const startedAtSeconds = performance.timeOrigin / 1000;
    const isTraced = trace !== undefined;
    const isEverywhere = options.allNamespaces;
    const metrics = { filter, maxGroups, version, startedAtSeconds };
    this.#data = { settings, isTraced, isEverywhere, ...metrics };
    const { via } = options;
    this.#startThread =
      via === undefined ? startThread : (data, tracing) => viaMetrics(via, data, tracing);
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
