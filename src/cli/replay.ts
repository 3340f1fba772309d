import { parseFilter } from '../model/query/filter-words.ts';
import { worstPlacesFirst } from '../model/places.ts';
import { PlaceStreams } from '../model/place-streams.ts';
import type { PlaybackRequest, Turns } from '../model/playback.ts';
import { chosenGroups } from '../model/query/choose.ts';
import type { Sample } from '../model/sample/sample.ts';
import { snapshotDocument } from '../outputs/json.ts';
import { snapshotTable } from '../outputs/table.ts';
import { systemClock } from '../source/clock.ts';
import { RecordedSamples } from '../recording/samples.ts';
import type { Recorded } from '../recording/file.ts';
import { findTurns } from '../recording/find-turns.ts';
import { openRecorded } from '../recording/open.ts';
import { ReplayPlayer } from '../recording/player.ts';
import { writtenText } from './ascii-output.ts';
import { everySample } from '../recording/survey.ts';
import { printableJson } from '../kernel/foreign-text.ts';
import { recordingPath } from './recording-path.ts';
import { writeOut } from './stdout.ts';
import type { Invocation } from './invocation.ts';
import type { OptionsOf } from './option-table.ts';
import { requireUse } from './option-use.ts';
import { hasScreen } from './early-thread.ts';
import { showView, type ViewedOptions, viewOptions } from './view.ts';
import { say } from './say.ts';

type ReplayOptions = ViewedOptions & OptionsOf<'format' | 'cast'>;

/**
 * Shows a recording; with --format, or where there is no terminal to draw on, prints its documents or its last table;
 * with --cast draws it into a file. Throws SourceError.
 */
export async function runReplay(invocation: Invocation<ReplayOptions>): Promise<void> {
  const { args, options, isGiven, trace } = invocation;
  requireUse('replay', invocation);
  const path = recordingPath(args);
  const file = openRecorded(path);
  const samples = new RecordedSamples(file, systemClock);
  const player = new ReplayPlayer(samples, file.index, systemClock);
  trace?.(`recording: ${file.index.samples} samples, ${file.index.durationMs} ms, ${path}`);
  if (file.problem !== undefined) trace?.(`warning: ${file.problem}`);
  try {
    if (options.cast !== undefined) {
      const { writeCast } = await import('./cast.ts');
      return await writeCast(file, { ...options, file: options.cast });
    }
    if (isGiven('format') && options.format === 'json') return await printAll(file, options);
    if (isGiven('format') || !hasScreen())
      return await printLast(file, player, options, isGiven('format'));
    await showView({ options: viewOptions(invocation), trace }, async (signal) => {
      const frames = player.frames(signal);
      const first = await frames.next();
      if (first.done === true) return undefined;
      const { sample, ...start } = first.value;
      return {
        first: sample,
        samples: NO_SAMPLES,
        setInterval: () => {},
        replay: {
          start,
          frames,
          want: (request) => {
            trace?.(requestText(request));
            player.want(request);
          },
          problem: () => file.problem,
          turns: turnsOf(path, signal),
        },
      };
    });
  } finally {
    file.close();
  }
}

/** "play: speed 2, to sample 7": what is wanted, for the debug log. */
function requestText({ playing, speed, goal }: PlaybackRequest): string {
  const pace = playing ? `speed ${speed}` : 'paused';
  if (goal === undefined) return `play: ${pace}`;
  const place = 'sample' in goal ? `sample ${goal.sample}` : `${goal.elapsedMs} ms`;
  return `play: ${pace}, to ${place}`;
}

const NO_SAMPLES: AsyncIterator<Sample, void> = {
  next: async () => ({ done: true, value: undefined }),
};

/** Looks for turning points in a file of its own: what is damaged is left out in each index by itself. */
async function* turnsOf(path: string, signal: AbortSignal): AsyncGenerator<Turns, void> {
  const file = openRecorded(path);
  try {
    yield* findTurns(file, systemClock, signal);
  } finally {
    file.close();
  }
}

/** Every sample as a document, one a line. */
async function printAll(
  file: Recorded,
  { filter, sort }: OptionsOf<'groups' | 'order'>,
): Promise<void> {
  const { words } = parseFilter(filter);
  const streams = new PlaceStreams();
  for await (const { sample } of everySample(new RecordedSamples(file, systemClock), file.index)) {
    const model = chosenGroups(streams.next(sample), words, sort);
    await writeOut(`${printableJson(snapshotDocument(model))}\n`);
  }
  if (file.problem !== undefined) say(file.problem);
}

async function printLast(
  file: Recorded,
  player: ReplayPlayer,
  { filter, sort, ascii }: OptionsOf<'groups' | 'order' | 'characters'>,
  isWanted: boolean,
): Promise<void> {
  const { earlier = [], sample } = await player.last();
  if (!isWanted) say('no terminal to draw on, so here is the last sample of the recording.');
  for (const text of [file.problem, ...sample.sampling.warnings]) if (text !== undefined) say(text);
  const streams = new PlaceStreams();
  // Of each place, the last one.
  const builds = new Map(
    [...earlier, sample].map((each) => [each.place.id, streams.take(each)] as const),
  );
  const models = [...builds.values()].map((build) => build());
  const tables = worstPlacesFirst(models).map((model) =>
    snapshotTable(chosenGroups(model, parseFilter(filter).words, sort), writtenText(ascii)),
  );
  process.stdout.write(`${tables.join('\n\n')}\n`);
}
