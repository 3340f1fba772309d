import { parseFilter } from '../model/query/filter-words.ts';
import { ModelStream } from '../model/model-stream.ts';
import type { PlaybackRequest } from '../model/playback.ts';
import { chosenGroups } from '../model/query/choose.ts';
import type { Sample } from '../model/sample/sample.ts';
import { snapshotTable } from '../outputs/table.ts';
import { systemClock } from '../source/clock.ts';
import { RecordedSamples } from '../recording/samples.ts';
import { RecordingFile } from '../recording/file.ts';
import { ReplayPlayer } from '../recording/player.ts';
import { SourceError } from '../source/source-error.ts';
import { writtenText } from './ascii-output.ts';
import type { Invocation } from './invocation.ts';
import type { OptionsOf } from './option-table.ts';
import { hasScreen, showView, type ViewedOptions, viewOptions } from './view.ts';
import { say } from './say.ts';

/** Shows a recording, or prints its last sample where there is no terminal to draw on. Throws SourceError. */
export async function runReplay(invocation: Invocation<ViewedOptions>): Promise<void> {
  const { args, trace } = invocation;
  const [path = '-'] = args;
  if (path === '-')
    throw new SourceError(
      'a recording cannot be replayed from stdin: write it to a file, and replay that.',
    );
  if (path === '') throw new SourceError('the name of the recording is empty.');
  const file = new RecordingFile(path);
  const samples = new RecordedSamples(file, systemClock);
  const player = new ReplayPlayer(samples, file.index, systemClock);
  trace?.(`recording: ${file.index.samples} samples, ${file.index.durationMs} ms, ${path}`);
  if (file.problem !== undefined) trace?.(`warning: ${file.problem}`);
  try {
    if (!hasScreen()) return await printLast(file, player, invocation.options);
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

async function printLast(
  file: RecordingFile,
  player: ReplayPlayer,
  { filter, sort, ascii }: OptionsOf<'groups' | 'order' | 'characters'>,
): Promise<void> {
  const { earlier = [], sample } = await player.last();
  say('no terminal to draw on, so here is the last sample of the recording.');
  for (const text of [file.problem, ...sample.sampling.warnings]) if (text !== undefined) say(text);
  const stream = new ModelStream();
  for (const before of earlier) stream.take(before);
  const chosen = chosenGroups(stream.next(sample), parseFilter(filter).words, sort);
  process.stdout.write(`${snapshotTable(chosen, writtenText(ascii))}\n`);
}
