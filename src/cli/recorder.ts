import { join, resolve } from 'node:path';
import { recordedText } from '../format/recording.ts';
import { printable } from '../kernel/foreign-text.ts';
import type { Sample } from '../model/sample/sample.ts';
import { SampleEncoder } from '../recording/sample-codec.ts';
import { systemClock } from '../source/clock.ts';
import { errorCode, failureReason } from '../source/read-file.ts';
import { type RecordingKind, recordingName } from '../recording/file-name.ts';
import { recordingFile, type RecordingOutput, RecordingWriter } from '../recording/writer.ts';
import { SourceError } from '../source/source-error.ts';
import { FileRemovedError } from '../source/whereabouts.ts';

declare const EPHTOP_VERSION: string;

/** Samples on their way into a file, or elsewhere. */
export interface OpenRecording {
  /** Where it is, as the user would write it; '-' is stdout. Undefined: in files that have told of themselves. */
  readonly path: string | undefined;
  readonly push: (sample: Sample) => void;
  /** Writes what is buffered: the next sample begins a second. */
  readonly flush: () => void;
  /** Ends it; what was written stays. May be called again. */
  readonly end: () => void;
  readonly bytes: () => number;
  readonly samples: () => number;
  /** What was recorded, and the command that shows it. */
  readonly summary: () => string;
  /** The same for the screen, the most important first. */
  readonly shortSummary: () => string;
}

/** Starts a recording. `onFailure` gets a sentence that says why it could not continue. Throws SourceError. */
export function openRecording(
  path: string | undefined,
  output: RecordingOutput,
  onFailure: (text: string) => void,
): OpenRecording {
  const encoder = new SampleEncoder();
  const writer = new RecordingWriter(output, systemClock, EPHTOP_VERSION, (error) => {
    const isKept = writer.samples > 0 && !(error instanceof FileRemovedError);
    const kept = isKept ? `the samples up to then are in ${name}` : 'nothing was kept';
    onFailure(`The recording ended: ${failureReason(error)}; ${kept}.`);
  });
  const name = printable(path ?? 'the files of incidents');
  // Now: the directory may be removed meanwhile.
  const wholePath = path === undefined || path === '-' ? '' : resolve(path);
  return {
    path,
    push: (sample) => writer.push(encoder.encode(sample, writer.isAtStart)),
    flush: () => writer.flush(),
    end: () => writer.end(),
    bytes: () => writer.bytes,
    samples: () => writer.samples,
    summary() {
      const what = recordedText(writer.samples, writer.bytes);
      if (path === '-') return `recorded ${what} to stdout.`;
      if (path === undefined) return `watched ${what}; each incident was told of by itself.`;
      return writer.whereabouts === 'there'
        ? `recorded ${what}; look at it with: ${replayCommand(wholePath)}`
        : `recorded ${what}, but ${printable(wholePath)} was ${writer.whereabouts} meanwhile.`;
    },
    shortSummary() {
      const what = recordedText(writer.samples, writer.bytes);
      return writer.whereabouts === 'there'
        ? `Recorded: ${replayCommand(path ?? '')} (${what})`
        : `Recorded ${what}, but ${name} was ${writer.whereabouts} meanwhile`;
    },
  };
}

/** Makes the file of a new recording; without `path` it chooses a name in a directory. Throws SourceError. */
export function createRecordingFile(
  sample: Sample,
  path?: string,
  { kind, directory = '' }: { readonly kind?: RecordingKind; readonly directory?: string } = {},
): { readonly path: string; readonly output: RecordingOutput } {
  const names =
    path === undefined ? namesFor(sample, kind).map((name) => join(directory, name)) : [path];
  for (const name of names) {
    try {
      return { path: name, output: recordingFile(name) };
    } catch (error) {
      if (errorCode(error) === 'EEXIST' && name !== names.at(-1)) continue;
      throw new SourceError(
        `cannot record to ${printable(name)}: ${failureReason(error)}${adviceFor(error)}.`,
      );
    }
  }
  throw new RangeError('no name');
}

function adviceFor(error: unknown): string {
  return errorCode(error) === 'EEXIST' ? ', and is not overwritten; choose another name' : '';
}

/** Two recordings may be begun within one second. */
function namesFor({ host, takenAtMs }: Sample, kind?: RecordingKind): string[] {
  const name = recordingName(host.hostname, takenAtMs, kind);
  return [name, ...[2, 3, 4, 5].map((n) => name.replace('.eph.gz', `-${n}.eph.gz`))];
}

/** As it can be typed. */
export function replayCommand(path: string): string {
  const safe = printable(path);
  const isPlain = /^[\w./+:@%-]+$/.test(safe);
  return `ephtop replay ${isPlain ? safe : `'${safe.replaceAll("'", "'\\''")}'`}`;
}
