import { setTimeout as delay } from 'node:timers/promises';
import {
  CHECK_STATES,
  type CheckLimits,
  type CheckState,
  judge,
  needsSecondLook,
  needsThirdLook,
} from '../model/check/check-verdict.ts';
import type { Model } from '../model/model.ts';
import { PlaceStreams } from '../model/place-streams.ts';
import { filterGroups, mayMatch } from '../model/query/filter.ts';
import { parseFilter } from '../model/query/filter-words.ts';
import type { Sample } from '../model/sample/sample.ts';
import {
  type CheckedPlace,
  checkPlacesText,
  statePlaces,
  worstChecked,
} from '../outputs/check-places.ts';
import { unknownLine } from '../outputs/plugin-line.ts';
import type { PlacesRound } from '../sampling/places-round.ts';
import { type SamplerThread, startSamplerThread } from '../sampling/sampler-thread.ts';
import { endAtOnce, writeLineNow } from '../source/end-at-once.ts';
import { writtenText } from './ascii-output.ts';
import { CHECK_EXIT } from './exit-statuses.ts';
import type { Invocation } from './invocation.ts';
import type { OptionsOf } from './option-table.ts';
import { chosenNamespace, MOST_GROUPS } from './sampling-settings.ts';
import { shortened } from './shortened.ts';

type CheckOptions = OptionsOf<'check' | 'where' | 'source' | 'groups' | 'characters'>;

/** Growth of live connections is known after 3 s; see live-growth. */
const NEXT_LOOK_MS = 3200;
/** What monitoring systems and people end a check with. */
const ENDING_SIGNALS = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGALRM'] as const;
/** A further look comes only if this remains of the time limit after it. */
const RESERVE_MS = 1000;

/**
 * One check of a monitoring system: prints a status line and sets the exit status. All that is no verdict is UNKNOWN.
 * The kernel is read in a thread of its own, so that the time limit holds even if a read hangs.
 */
export async function runCheck(
  { options, trace }: Pick<Invocation<CheckOptions>, 'options' | 'trace'>,
  startThread: typeof startSamplerThread = startSamplerThread,
): Promise<void> {
  const namespace = chosenNamespace(options);
  const startedMs = performance.now();
  const seconds = Number((options.timeout / 1000).toFixed(3));
  const limit = setTimeout(() => endUnknown(`no answer within ${seconds} s`), options.timeout);
  const written = writtenText(options.ascii);
  for (const signal of ENDING_SIGNALS)
    process.once(signal, () => endUnknown(`ended by ${signal} before there was a verdict`));
  process.on('uncaughtException', (error) => endUnknown(written(error.message)));
  const { source, proc, via } = options;
  const settings = {
    source,
    procMount: proc,
    mostGroups: MOST_GROUPS,
    isSingle: true,
    ...namespace,
  };
  let thread: SamplerThread<PlacesRound> | undefined;
  try {
    thread =
      via === undefined
        ? startThread(settings, trace, options.allNamespaces)
        : await startShells(via, trace, () => startedMs + options.timeout - performance.now());
    const { text, state } = await checked(thread, options, startedMs);
    process.exitCode = CHECK_STATES.indexOf(state);
    process.stdout.write(`${text}\n`);
  } catch (error) {
    process.exitCode = CHECK_EXIT.failure;
    const problem = error instanceof Error ? error.message : String(error);
    process.stdout.write(`${unknownLine(shortened(problem))}\n`);
  }
  clearTimeout(limit);
  await thread?.end();
}

/** Looks once, and again, up to twice, if that can change the verdict and there is time. */
async function checked(
  thread: SamplerThread<PlacesRound>,
  options: CheckOptions,
  startedMs: number,
): Promise<{ text: string; state: CheckState }> {
  const { warning, critical, etaWarning, etaCritical, verbose: verbosity } = options;
  const limits: CheckLimits = { warning, critical, etaWarning, etaCritical };
  const { words } = parseFilter(options.filter);
  const streams = new PlaceStreams();
  const lookAt = (sample: Sample): CheckedPlace => {
    const whole = streams.next(sample);
    const model: Model = { ...whole, groups: filterGroups(whole.groups, words) };
    const filteredOut = whole.groups.length - model.groups.length;
    const unowned = mayMatch(whole.groups, words);
    return { model, filteredOut, verdict: judge(model, limits, unowned) };
  };
  const look = async () => {
    const { samples, lost } = await thread.take();
    return { places: samples.map(lookAt), lost };
  };
  let found = await look();
  let looks = 1;
  for (const needsLook of [needsSecondLookAt, needsThirdLookAt]) {
    const leftMs = options.timeout - (performance.now() - startedMs);
    if (!needsLook(found.places) || leftMs < NEXT_LOOK_MS + RESERVE_MS) break;
    if (looks === 1) thread.watchRefusals();
    await delay(NEXT_LOOK_MS);
    found = await look();
    looks++;
  }
  const text = checkPlacesText({ ...found, limits, looks, verbosity });
  return { text, state: statePlaces(found) };
}

/** A CRITICAL of one place is that of all. */
function needsSecondLookAt(places: readonly CheckedPlace[]): boolean {
  const isCritical = places.some(({ verdict }) => verdict.state === 'CRITICAL');
  return !isCritical && places.some(({ verdict }) => needsSecondLook(verdict));
}

function needsThirdLookAt(places: readonly CheckedPlace[]): boolean {
  const worst = worstChecked(places);
  return worst !== undefined && needsThirdLook(worst.verdict);
}

/** Ends what was started elsewhere, if something was. */
let endStarted = (): void => {};

/** What starts programs is loaded only where it is asked for. */
async function startShells(
  via: NonNullable<CheckOptions['via']>,
  trace: Invocation<unknown>['trace'],
  leftMs: () => number,
): Promise<SamplerThread<PlacesRound>> {
  const [{ viaRounds }, { killShells }] = await Promise.all([
    import('./via.ts'),
    import('../source/elsewhere/shell-process.ts'),
  ]);
  endStarted = killShells;
  return viaRounds(via, trace, undefined, 0, () => leftMs() - RESERVE_MS);
}

function endUnknown(problem: string): never {
  writeLineNow(unknownLine(shortened(problem)));
  endStarted();
  return endAtOnce(CHECK_EXIT.failure);
}
