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
import type { SamplerThread } from '../sampling/sampler-thread.ts';
import { systemClock } from '../source/clock.ts';
import { endAtOnce, writeLineNow } from '../source/end-at-once.ts';
import { endInTime } from '../source/end-in-time.ts';
import { SystemCallError } from '../source/libc.ts';
import { SourceError } from '../source/source-error.ts';
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
/** So much later than the limit libc ends the check: what still runs ends by itself. */
const LATER_MS = 100;
/** A further look comes only if this remains of the time limit after it. */
const RESERVE_MS = 1000;

/** One check of a monitoring system: prints a status line and sets the exit status. All that is no verdict is UNKNOWN. */
export async function runCheck(
  { options, trace }: Pick<Invocation<CheckOptions>, 'options' | 'trace'>,
  startLooking: typeof startLooker = startLooker,
): Promise<void> {
  const startedMs = systemClock.monotonicMs();
  const seconds = Number((options.timeout / 1000).toFixed(3));
  const tooLate = `no answer within ${seconds} s`;
  const limit = setTimeout(() => endUnknown(tooLate), options.timeout);
  const leftMs = () => startedMs + options.timeout - systemClock.monotonicMs();
  const timeLimit = { leftMs, tooLate: unknownText(tooLate) };
  const written = writtenText(options.ascii);
  for (const signal of ENDING_SIGNALS)
    process.once(signal, () => endUnknown(`ended by ${signal} before there was a verdict`));
  process.on('uncaughtException', (error) => endUnknown(written(error.message)));
  let looker: SamplerThread<PlacesRound> | undefined;
  try {
    looker = await startLooking(options, timeLimit, trace);
    const { text, state } = await checked(looker, options, leftMs);
    process.exitCode = CHECK_STATES.indexOf(state);
    await writeLine(text);
  } catch (error) {
    process.exitCode = CHECK_EXIT.failure;
    const problem = error instanceof Error ? error.message : String(error);
    await writeLine(unknownText(problem));
  }
  clearTimeout(limit);
  // Where it did not start, nothing else calls off what libc would do.
  if (looker === undefined) endStarted();
  else await looker.end();
}

interface TimeLimit {
  readonly leftMs: () => number;
  /** What a check says that has not ended by then. */
  readonly tooLate: string;
}

/**
 * What looks at the kernel: this thread itself, where libc ends a process that hangs in a read beyond its time limit;
 * else a thread for it, so that this one can.
 */
async function startLooker(
  options: CheckOptions,
  limit: TimeLimit,
  trace: Invocation<unknown>['trace'],
): Promise<SamplerThread<PlacesRound>> {
  const { source, proc, via, allNamespaces } = options;
  const where = chosenNamespace(options);
  if (via !== undefined) return startShells(via, trace, limit.leftMs);
  const settings = { source, procMount: proc, mostGroups: MOST_GROUPS, isSingle: true, ...where };
  const isHere = !allNamespaces && where.namespace === undefined;
  const callOff = isHere ? endedInTime(limit) : undefined;
  if (callOff !== undefined) {
    endStarted = callOff;
    const { samplerHere } = await import('../sampling/sampler-here.ts');
    return samplerHere(settings, trace, callOff);
  }
  const { startSamplerThread } = await import('../sampling/sampler-thread.ts');
  return startSamplerThread(settings, trace, allNamespaces);
}

/** Has libc end the process, should it hang at its time limit; undefined where it cannot. Returns what calls that off. */
function endedInTime({ leftMs, tooLate }: TimeLimit): (() => void) | undefined {
  try {
    return endInTime(leftMs() + LATER_MS, tooLate, CHECK_EXIT.failure);
  } catch (error) {
    if (error instanceof SourceError || error instanceof SystemCallError) return undefined;
    throw error;
  }
}

/** Looks once, and again, up to twice, if that can change the verdict and there is time. */
async function checked(
  looker: SamplerThread<PlacesRound>,
  options: CheckOptions,
  leftMs: () => number,
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
    const { samples, lost } = await looker.take();
    return { places: samples.map(lookAt), lost };
  };
  let found = await look();
  let looks = 1;
  for (const needsLook of [needsSecondLookAt, needsThirdLookAt]) {
    if (!needsLook(found.places) || leftMs() < NEXT_LOOK_MS + RESERVE_MS) break;
    if (looks === 1) looker.watchRefusals();
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

/** Ends what was started elsewhere, or calls off what would end the process in time. */
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
  return viaRounds(via, trace, { longestMs: () => leftMs() - RESERVE_MS });
}

/** Until it is written the time limit holds: a pipe may be full, and nobody read it. */
function writeLine(line: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(`${line}\n`, () => resolve());
  });
}

function unknownText(problem: string): string {
  return unknownLine(shortened(problem));
}

function endUnknown(problem: string): never {
  writeLineNow(unknownText(problem));
  endStarted();
  return endAtOnce(CHECK_EXIT.failure);
}
