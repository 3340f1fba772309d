import { onExit } from 'signal-exit';
import { printable } from '../kernel/foreign-text.ts';
import type { Sample } from '../model/sample/sample.ts';
import { replacedSinceStart } from '../source/program-parts.ts';
import { errorCode, failureReason } from '../source/read-file.ts';
import { SourceError } from '../source/source-error.ts';
import type { Recorder } from '../store/recording.ts';
import type { OpenRecording } from './recorder.ts';

/** The recorder of the live view. */
export interface LiveRecorder extends Recorder {
  /** Passes samples on, and records them while that is wanted. */
  readonly tap: (samples: AsyncIterator<Sample, void>) => AsyncIterator<Sample, void>;
  /** Ends what is still being recorded; returns a line for each recording that was made. */
  readonly finish: () => string[];
}

/** Records into files of the current directory. What it needs for that is loaded with the first recording. */
export function liveRecorder(first: Sample): LiveRecorder {
  let latest = first;
  let current: OpenRecording | undefined;
  // The one that is wanted, while its code is being loaded.
  let wanted: object | undefined;
  let hasFailed = false;
  // What is said of each recording, by its path.
  const made = new Map<string, string>();

  async function begin(token: object, tell: Parameters<Recorder['start']>[0]): Promise<void> {
    try {
      const { createRecordingFile, openRecording } = await import('./recorder.ts');
      if (wanted !== token) return;
      const { path, output } = createRecordingFile(latest);
      const recording = openRecording(path, output, (text) => {
        stopListening();
        current = undefined;
        hasFailed = true;
        if (recording.samples() > 0) made.set(path, recording.summary());
        tell({ type: 'recording-failed', text });
      });
      // A signal ends the program at once, and an uncaught exception without signal-exit's knowing.
      const forget = onExit(recording.end);
      process.once('exit', recording.end);
      const stopListening = () => {
        forget();
        process.off('exit', recording.end);
      };
      current = {
        ...recording,
        end() {
          stopListening();
          recording.end();
          made.set(path, recording.summary());
        },
      };
      recording.push(latest);
      tell({ type: 'recording', file: printable(path) });
    } catch (error) {
      const isExpected = error instanceof SourceError;
      // Its code may have been replaced since the start, or no file descriptor be left for it.
      if (!isExpected && errorCode(error) === undefined) throw error;
      const replaced = isExpected ? undefined : replacedSinceStart();
      const reason = isExpected ? error.message : `${replaced ?? printable(failureReason(error))}.`;
      tell({ type: 'recording-failed', text: `No recording: ${reason}` });
    }
  }

  function end(): OpenRecording | undefined {
    const recording = current;
    current = undefined;
    wanted = undefined;
    recording?.end();
    return recording;
  }

  return {
    start(tell) {
      hasFailed = false;
      void begin((wanted = {}), tell);
    },
    stop() {
      const recording = end();
      return hasFailed ? undefined : recording?.shortSummary();
    },
    bytes: () => current?.bytes() ?? 0,
    async *tap(samples) {
      for (;;) {
        const next = await samples.next();
        if (next.done === true) return;
        latest = next.value;
        current?.push(latest);
        yield latest;
      }
    },
    finish() {
      end();
      return [...made.values()];
    },
  };
}
