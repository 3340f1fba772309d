import { buildModel } from '../model/model.ts';
import { worstPlacesFirst } from '../model/places.ts';
import { adviceDocument, placesAdviceText } from '../outputs/advice.ts';
import { NamespaceRounds } from '../sampling/namespace-rounds.ts';
import { type PlacesRound, roundOf } from '../sampling/places-round.ts';
import { createSampler } from '../sampling/sampler.ts';
import type { Invocation } from './invocation.ts';
import type { OptionsOf } from './option-table.ts';
import { printableJson } from '../kernel/foreign-text.ts';
import { sayRound } from './say-once.ts';
import { chosenNamespace } from './sampling-settings.ts';

/** Takes one sample and prints what to do; warnings go to stderr, so that stdout holds data only. */
export async function runAdvise({
  options,
  trace,
}: Invocation<OptionsOf<'where' | 'source' | 'format'>>): Promise<void> {
  const { source, proc: procMount, format, via, allNamespaces } = options;
  const settings = { source, procMount, isSingle: true, ...chosenNamespace(options) };
  if (via !== undefined) {
    const { viaRounds } = await import('./via.ts');
    const rounds = viaRounds(via, trace);
    printAdvice(await rounds.take(), format);
    return rounds.end();
  }
  if (allNamespaces) {
    const rounds = new NamespaceRounds(settings, trace);
    try {
      return printAdvice(rounds.whole(), format);
    } finally {
      rounds.close();
    }
  }
  const take = createSampler(settings, trace);
  try {
    printAdvice(roundOf(take()), format);
  } finally {
    take.close();
  }
}

/** Of several places, a document a line; places that could not be read are told on stderr. */
function printAdvice(round: PlacesRound, format: OptionsOf<'format'>['format']): void {
  const models = round.samples.map((sample) => buildModel(sample));
  sayRound(round);
  const indent = models.length + round.lost.length === 1 ? 2 : undefined;
  const text =
    format === 'json'
      ? worstPlacesFirst(models)
          .map((model) => printableJson(adviceDocument(model), indent))
          .join('\n')
      : placesAdviceText(models);
  process.stdout.write(`${text}\n`);
}
