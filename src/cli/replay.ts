import { parseFilter } from '../model/query/filter-words.ts';
import { ModelStream } from '../model/model-stream.ts';
import { chosenGroups } from '../model/query/choose.ts';
import type { Sample } from '../model/sample/sample.ts';
import { snapshotTable } from '../outputs/table.ts';
import { systemClock } from '../source/clock.ts';
import { RecordedSamples } from '../recording/samples.ts';
import { RecordingFile } from '../recording/file.ts';
import { ReplayPlayer } from '../recording/player.ts';
import { SourceError } from '../source/source-error.ts';
import { hasScreen, showView, viewOptions } from './view.ts';
import type { CommonOptions } from './program.ts';

/** Shows a recording, or prints its last sample where there is no terminal to draw on. Throws SourceError. */
export async function runReplay(
  path: string,
  givenOptions: CommonOptions,
  isGiven: (name: keyof CommonOptions) => boolean,
): Promise<void> {
  if (path === '-')
    throw new SourceError(
      'a recording is read at more than one place at a time, and stdin at one: write it to a file, and replay that.',
    );
  const file = new RecordingFile(path);
  const samples = new RecordedSamples(file);
  const player = new ReplayPlayer(samples, file.index, systemClock);
  try {
    if (!hasScreen()) return printLast(file, player, givenOptions);
    await showView(viewOptions(givenOptions, isGiven), async (signal) => {
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
          want: (request) => player.want(request),
          problem: () => file.problem,
        },
      };
    });
  } finally {
    file.close();
  }
}

const NO_SAMPLES: AsyncIterator<Sample, void> = {
  next: async () => ({ done: true, value: undefined }),
};

function printLast(
  file: RecordingFile,
  player: ReplayPlayer,
  { filter, sort }: CommonOptions,
): void {
  const { earlier = [], sample } = player.last();
  process.stderr.write(
    'ephtop: no terminal to draw on, so here is the last sample of the recording.\n',
  );
  for (const text of [file.problem, ...sample.sampling.warnings])
    if (text !== undefined) process.stderr.write(`ephtop: ${text}\n`);
  const stream = new ModelStream();
  for (const before of earlier) stream.take(before);
  const chosen = chosenGroups(stream.next(sample), parseFilter(filter).words, sort);
  process.stdout.write(`${snapshotTable(chosen)}\n`);
}
