import { anonymizer } from '../recording/anonymous/sample.ts';
import { openRecorded } from '../recording/open.ts';
import { RecordedSamples } from '../recording/samples.ts';
import { everySample } from '../recording/survey.ts';
import { systemClock } from '../source/clock.ts';
import { SourceError } from '../source/source-error.ts';
import type { Sample } from '../model/sample/sample.ts';
import type { Invocation } from './invocation.ts';
import type { OptionsOf } from './option-table.ts';
import { plainOutput } from './record-output.ts';
import { openRecording, type OpenRecording } from './recorder.ts';
import { recordingPath } from './recording-path.ts';
import { say } from './say.ts';
import { requireRedirected, stdoutTaken } from './stdout.ts';

/** Copies a recording without its addresses and names. Throws SourceError. */
export async function runAnonymize({
  options: { output },
  args,
}: Invocation<OptionsOf<'output'>>): Promise<void> {
  requireRedirected(output);
  const file = openRecorded(recordingPath(args));
  let copy: OpenRecording | undefined;
  let failure: string | undefined;
  try {
    let memberMs = -Infinity;
    const samples = new RecordedSamples(file, systemClock);
    const anonymous = anonymizer();
    for await (const found of everySample(samples, file.index)) {
      const sample = anonymous(found.sample);
      copy ??= begin(sample, output, (text) => (failure = text));
      // A member has one second, as in what is recorded live.
      if (Math.abs(sample.takenAtMs - memberMs) >= MEMBER_MS) {
        copy.flush();
        memberMs = sample.takenAtMs;
      }
      copy.push(sample);
      if (failure !== undefined) break;
      if (copy.path === '-') await stdoutTaken();
    }
  } finally {
    copy?.end();
    file.close();
  }
  if (failure !== undefined) throw new SourceError(failure);
  if (file.problem !== undefined) say(file.problem);
  if (copy !== undefined) say(copy.summary());
}

const MEMBER_MS = 1000;

function begin(
  sample: Sample,
  output: string | undefined,
  onFailure: (text: string) => void,
): OpenRecording {
  const { path, output: file } = plainOutput(sample, output);
  return openRecording(path, file, onFailure);
}
