import { buildModel } from '../model/model.ts';
import type { Sample } from '../model/sample/sample.ts';
import { adviceDocument, adviceText } from '../outputs/advice.ts';
import { createSampler } from '../sampling/sampler.ts';
import { EXIT } from './exit-statuses.ts';
import type { Invocation } from './invocation.ts';
import type { OptionsOf } from './option-table.ts';
import { printableJson } from '../kernel/foreign-text.ts';
import { namespaceOf } from './sampling-settings.ts';
import { say } from './say.ts';

/** Takes one sample and prints what to do; warnings go to stderr, so that stdout holds data only. */
export async function runAdvise({
  options,
  trace,
}: Invocation<OptionsOf<'where' | 'source' | 'format'>>): Promise<void> {
  const { source, proc, format, via } = options;
  if (via !== undefined) {
    const { firstVia } = await import('./via.ts');
    return printAdvice(await firstVia(via, trace), format);
  }
  const take = createSampler(
    { source, procMount: proc, isSingle: true, ...namespaceOf(options) },
    trace,
  );
  try {
    printAdvice(take(), format);
  } finally {
    take.close();
  }
}

function printAdvice(sample: Sample, format: OptionsOf<'format'>['format']): void {
  const model = buildModel(sample);
  for (const warning of sample.sampling.warnings) say(warning);
  const text = format === 'json' ? printableJson(adviceDocument(model), 2) : adviceText(model);
  process.stdout.write(`${text}\n`);
  if (sample.sampling.isPartial === true) process.exitCode = EXIT.failure;
}
