import { type FilterWord, parseFilter } from '../model/query/filter-words.ts';
import { filterGroups } from '../model/query/filter.ts';
import { type SortColumn, sortGroups } from '../model/query/order.ts';
import { buildModel, type Model } from '../model/model.ts';
import { ReferenceWindow } from '../model/baseline-window.ts';
import { snapshotDocument } from '../outputs/json.ts';
import { snapshotTable } from '../outputs/table.ts';
import { createSampler } from '../sampling/sampler.ts';
import { systemClock } from '../source/clock.ts';
import { pacedSource } from '../sampling/source.ts';
import type { SnapshotOptions } from './program.ts';

/** Prints `count` samples; warnings go to stderr, so that stdout holds data only. */
export async function runSnapshot(options: SnapshotOptions): Promise<void> {
  const { intervalMs, stop } = { intervalMs: options.interval, stop: new AbortController() };
  const take = createSampler({ source: options.source, procMount: options.proc });
  const source = pacedSource(() => take(), systemClock, { intervalMs });
  const references = new ReferenceWindow();
  const { words } = parseFilter(options.filter);
  const warned = new Set<string>();
  let left = options.count;
  for await (const sample of source.samples(stop.signal)) {
    const model = chosenGroups(buildModel(sample, references.push(sample)), words, options.sort);
    for (const warning of sample.sampling.warnings) {
      if (!warned.has(warning)) process.stderr.write(`ephtop: ${warning}\n`);
      warned.add(warning);
    }
    process.stdout.write(`${format(model, options)}\n`);
    if (--left === 0) return;
  }
}

/** Only the groups of which these words hold, in this order. */
export function chosenGroups(model: Model, words: readonly FilterWord[], sort: SortColumn): Model {
  return {
    ...model,
    groups: sortGroups(filterGroups(model.groups, words), { column: sort, inverted: false }),
  };
}

function format(model: Model, options: SnapshotOptions): string {
  if (options.format === 'table')
    return options.count > 1 ? `${snapshotTable(model)}\n` : snapshotTable(model);
  return JSON.stringify(snapshotDocument(model), undefined, options.count > 1 ? undefined : 2);
}
