import { parseFilter } from '../model/query/filter-words.ts';
import { chosenGroups } from '../model/query/choose.ts';
import type { Model } from '../model/model.ts';
import { type LostPlace, worstPlacesFirst } from '../model/places.ts';
import { PlaceStreams } from '../model/place-streams.ts';
import { allowFastCode } from '../sampling/fast-code.ts';
import { createSampler } from '../sampling/sampler.ts';
import { systemClock } from '../source/clock.ts';
import { Patience } from '../sampling/patience.ts';
import { type PlacesRound, roundOf } from '../sampling/places-round.ts';
import { pacedSource, type Source } from '../sampling/source.ts';
import { StepTimes, type Trace } from '../source/trace.ts';
import { writtenText } from './ascii-output.ts';
import type { Invocation } from './invocation.ts';
import type { OptionsOf } from './option-table.ts';
import { requireUse } from './option-use.ts';
import { chosenNamespace } from './sampling-settings.ts';
import { say } from './say.ts';
import { sayRound } from './say-once.ts';
import { writeOut } from './stdout.ts';

type SnapshotOptions = OptionsOf<
  'format' | 'count' | 'metrics' | 'pace' | 'where' | 'source' | 'groups' | 'order' | 'characters'
>;

declare const EPHTOP_VERSION: string;

/** Prints `count` samples, each of all places; warnings go to stderr, so that stdout holds data only. */
export async function runSnapshot({
  options,
  isGiven,
  trace,
}: Pick<Invocation<SnapshotOptions>, 'options' | 'isGiven' | 'trace'>): Promise<void> {
  requireUse('snapshot', { options, isGiven });
  const stop = new AbortController();
  const steps = new StepTimes(systemClock);
  const streams = new PlaceStreams();
  const { words } = parseFilter(options.filter);
  const said = new Set<string>();
  let left = options.count;
  const print = await printerOf(options);
  const rounds = await roundSource(options, trace);
  for await (const round of rounds.samples(stop.signal)) {
    if (round === undefined) continue;
    const { samples, lost } = round;
    sayRound(round, said);
    const models = samples.map((sample) =>
      steps.time('model', () => chosenGroups(streams.next(sample), words, options.sort)),
    );
    for (const text of steps.time('print', () => print(models, lost))) await writeOut(text);
    trace?.(`output: ${steps.take()}`);
    if (--left === 0) return;
  }
}

/** Rounds through here, another namespace, all namespaces, or where --via leads. */
async function roundSource(
  { via, source, proc, count, interval: intervalMs, ...where }: SnapshotOptions,
  trace: Trace | undefined,
): Promise<Source<PlacesRound | undefined>> {
  const pace = { intervalMs };
  const settings = {
    source,
    procMount: proc,
    isSingle: count === 1,
    ...chosenNamespace(where),
  };
  if (via !== undefined) return viaSource(via, intervalMs, trace);
  if (where.allNamespaces) {
    const { NamespaceRounds } = await import('../sampling/namespace-rounds.ts');
    const rounds = new NamespaceRounds(settings, trace);
    return pacedSource(() => rounds.whole(), systemClock, pace);
  }
  const take = createSampler(settings, trace);
  allowFastCode(take.proc, count);
  const patience = new Patience(systemClock, trace);
  const look = () => {
    const sample = patience.attempt(take);
    return sample && roundOf(sample);
  };
  return pacedSource(look, systemClock, pace);
}

/** Rounds at a pace; the commands end with the last one. */
function viaSource(
  via: NonNullable<SnapshotOptions['via']>,
  intervalMs: number,
  trace: Trace | undefined,
): Source<PlacesRound> {
  return {
    async *samples(signal) {
      const { viaRounds } = await import('./via.ts');
      const rounds = viaRounds(via, trace, { tell: say, intervalMs });
      try {
        const isOver = () => signal?.aborted === true;
        while (!isOver()) yield await rounds.take();
      } finally {
        await rounds.end();
      }
    },
  };
}

/** Prints one round: of several places, a document a line, and the worst one's table first. */
type Printer = (models: readonly Model[], lost: readonly LostPlace[]) => readonly string[];

/** What prints in the wanted format; only its code is loaded. */
async function printerOf({ format, count, maxGroups, ascii }: SnapshotOptions): Promise<Printer> {
  if (format === 'prometheus') {
    const { placesMetricsText } = await import('../outputs/prometheus.ts');
    return (models, lost) => [
      placesMetricsText(models, lost, { version: EPHTOP_VERSION, maxGroups }),
    ];
  }
  const isLong = (models: readonly Model[], lost: readonly LostPlace[]) =>
    count > 1 || models.length + lost.length > 1;
  if (format === 'json') {
    const [{ snapshotDocument }, { printableJson }] = await Promise.all([
      import('../outputs/json.ts'),
      import('../kernel/foreign-text.ts'),
    ]);
    return (models, lost) => {
      const indent = isLong(models, lost) ? undefined : 2;
      return models.map((model) => `${printableJson(snapshotDocument(model), indent)}\n`);
    };
  }
  const { snapshotTable } = await import('../outputs/table.ts');
  const written = writtenText(ascii);
  return (models, lost) => {
    const end = isLong(models, lost) ? '\n\n' : '\n';
    return worstPlacesFirst(models).map((model) => `${snapshotTable(model, written)}${end}`);
  };
}
