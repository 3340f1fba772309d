import { parseFilter } from '../model/query/filter-words.ts';
import { chosenGroups } from '../model/query/choose.ts';
import type { Model } from '../model/model.ts';
import { ModelStream } from '../model/model-stream.ts';
import type { Sample } from '../model/sample/sample.ts';
import { snapshotDocument } from '../outputs/json.ts';
import { metricsText } from '../outputs/prometheus.ts';
import { snapshotTable } from '../outputs/table.ts';
import { allowFastCode } from '../sampling/fast-code.ts';
import { NamespaceRounds } from '../sampling/namespace-rounds.ts';
import { createSampler } from '../sampling/sampler.ts';
import { systemClock } from '../source/clock.ts';
import { Patience } from '../sampling/patience.ts';
import { pacedSource, type Source } from '../sampling/source.ts';
import { StepTimes, type Trace } from '../source/trace.ts';
import { writtenText } from './ascii-output.ts';
import { EXIT } from './exit-statuses.ts';
import type { Invocation } from './invocation.ts';
import { OPTIONS, type OptionsOf } from './option-table.ts';
import { requireUse } from './option-use.ts';
import { printableJson } from '../kernel/foreign-text.ts';
import { namespaceOf } from './sampling-settings.ts';
import { say } from './say.ts';
import { writeOut } from './stdout.ts';
import { UsageError } from './usage-error.ts';

type SnapshotOptions = OptionsOf<
  'format' | 'count' | 'metrics' | 'pace' | 'where' | 'source' | 'groups' | 'order' | 'characters'
>;

declare const EPHTOP_VERSION: string;

/** Prints `count` samples; warnings go to stderr, so that stdout holds data only. */
export async function runSnapshot({
  options,
  isGiven,
  trace,
}: Pick<Invocation<SnapshotOptions>, 'options' | 'isGiven' | 'trace'>): Promise<void> {
  requireUse('snapshot', { options, isGiven });
  if (options.allNamespaces) return printAllNamespaces(options, trace);
  const stop = new AbortController();
  const steps = new StepTimes(systemClock);
  const source = await sampleSource(options, trace);
  const stream = new ModelStream();
  const { words } = parseFilter(options.filter);
  const warned = new Set<string>();
  let left = options.count;
  for await (const sample of source.samples(stop.signal)) {
    if (sample === undefined) continue;
    const model = steps.time('model', () => chosenGroups(stream.next(sample), words, options.sort));
    for (const warning of sample.sampling.warnings) {
      if (!warned.has(warning)) say(warning);
      warned.add(warning);
    }
    const text = steps.time('print', () => format(model, options));
    await writeOut(text);
    trace?.(`output: ${steps.take()}`);
    if (sample.sampling.isPartial === true) process.exitCode = EXIT.failure;
    if (--left === 0) return;
  }
}

/** Prints one sample of each network namespace: those that were read in one round. */
async function printAllNamespaces(
  options: SnapshotOptions,
  trace: Trace | undefined,
): Promise<void> {
  if (options.count !== 1 || options.format === 'prometheus')
    throw new UsageError('--all-namespaces prints one sample of each, as a table or JSON.');
  const settings = { source: options.source, procMount: options.proc, isSingle: true };
  const rounds = new NamespaceRounds(settings, trace);
  const { words } = parseFilter(options.filter);
  const warned = new Set<string>();
  try {
    for (const sample of rounds.whole().samples) {
      for (const warning of sample.sampling.warnings) {
        if (!warned.has(warning)) say(warning);
        warned.add(warning);
      }
      const model = chosenGroups(new ModelStream().next(sample), words, options.sort);
      await writeOut(format(model, { ...options, count: 2 }));
    }
  } finally {
    rounds.close();
  }
}

/** The samples of here, of another namespace, or of where --via leads. */
async function sampleSource(
  { via, source, proc, count, interval: intervalMs, ...where }: SnapshotOptions,
  trace: Trace | undefined,
): Promise<Source<Sample | undefined>> {
  if (via !== undefined) {
    const cpuBudget = OPTIONS.cpuBudget.default;
    const { openVia } = await import('./via.ts');
    return openVia(via, { intervalMs, cpuBudget }, trace, say).source;
  }
  const take = createSampler(
    { source, procMount: proc, isSingle: count === 1, ...namespaceOf(where) },
    trace,
  );
  allowFastCode(take.proc, count);
  const patience = new Patience(systemClock, trace);
  return pacedSource(() => patience.attempt(take), systemClock, { intervalMs });
}

function format(model: Model, options: SnapshotOptions): string {
  const { format: wanted, count, maxGroups, ascii } = options;
  switch (wanted) {
    case 'prometheus':
      return metricsText(model, { version: EPHTOP_VERSION, maxGroups });
    case 'json':
      return `${printableJson(snapshotDocument(model), count > 1 ? undefined : 2)}\n`;
    default: {
      const table = snapshotTable(model, writtenText(ascii));
      return count > 1 ? `${table}\n\n` : `${table}\n`;
    }
  }
}
