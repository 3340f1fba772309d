import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, onTestFinished } from 'vitest';
import type { Sample } from '../../src/model/sample/sample.ts';
import type { Recorded } from '../../src/recording/file.ts';
import { type RecordedLine, SampleEncoder } from '../../src/recording/sample-codec.ts';
import { RecordedSamples } from '../../src/recording/samples.ts';
import { everySample } from '../../src/recording/survey.ts';
import { type RecordingOutput, RecordingWriter } from '../../src/recording/writer.ts';
import { fixtureModel, stoppedClock } from './fixture.ts';

/** An output that keeps what is written, a piece for each flush. */
export function memoryOutput(): RecordingOutput & {
  readonly pieces: Buffer[];
  readonly isEnded: () => boolean;
} {
  const pieces: Buffer[] = [];
  let isEnded = false;
  return {
    pieces,
    append: (bytes) => void pieces.push(bytes),
    end: () => {
      isEnded = true;
      return 'there';
    },
    isEnded: () => isEnded,
  };
}

/** Time that stands still: nothing is written before it is asked for. */
const standingStill = { ...stoppedClock, sleep: () => new Promise<void>(() => {}) };

/** The bytes of a recording with a member for each of these lists of lines. */
export function recordingOf(members: readonly (readonly RecordedLine[])[]): Buffer {
  const output = memoryOutput();
  const writer = new RecordingWriter(output, standingStill, '0.0.0', (error) => {
    throw error;
  });
  for (const lines of members) {
    for (const line of lines) writer.push(line);
    writer.flush();
  }
  writer.end();
  return Buffer.concat(output.pieces);
}

const { sample: fixtureSample } = fixtureModel();

/** A sample that has this number, and nothing else of interest. */
export function numberedSample(number: number, takenAtMs: number): Sample {
  const sampling = { ...fixtureSample.sampling, sockets: number };
  return { ...fixtureSample, takenAtMs, groups: [], sampling };
}

/** The number of a `numberedSample`. */
export function numberOf({ sampling }: Sample): number {
  return sampling.sockets;
}

/** With this clock a recording is read on at once. */
export const restlessClock = { ...stoppedClock, sleep: async () => {} };

/** The numbers of the samples that can be read, in the order in which `walk` comes to them. */
export async function numbersIn(file: Recorded, walk = everySample): Promise<number[]> {
  const found: number[] = [];
  for await (const { sample } of walk(new RecordedSamples(file, restlessClock), file.index))
    found.push(numberOf(sample));
  return found;
}

/** Numbered samples as lines, each of which can be read alone. */
export function keyframe(number: number, takenAtMs: number): RecordedLine {
  return new SampleEncoder().encode(numberedSample(number, takenAtMs));
}

/** The member of a recording that holds this numbered sample alone. */
export function memberOf(number: number, takenAtMs: number): Buffer {
  const [, member] = splitMembers(recordingOf([[keyframe(number, takenAtMs)]]));
  return member ?? expect.fail('no member');
}

/** A recording of four numbered samples a second, from 0 on, a member a second. */
export function countingRecording(seconds: number, startMs = 1_000_000): Buffer {
  const encoder = new SampleEncoder();
  return recordingOf(
    Array.from({ length: seconds }, (_, second) =>
      [0, 1, 2, 3].map((quarter) =>
        encoder.encode(
          numberedSample(4 * second + quarter, startMs + 1000 * second + 250 * quarter),
          quarter === 0,
        ),
      ),
    ),
  );
}

/** A recording of these samples, a member each. */
export function recordingOfSamples(samples: readonly Sample[]): Buffer {
  const encoder = new SampleEncoder();
  return recordingOf(samples.map((sample) => [encoder.encode(sample, true)]));
}

let directory: string | undefined;
let files = 0;

/** A name that no file has yet, in a directory that goes with the test. */
export function newPath(): string {
  directory ??= makeDirectory();
  return join(directory, `${files++}.eph.gz`);
}

function makeDirectory(): string {
  const made = mkdtempSync(join(tmpdir(), 'ephtop-recording-'));
  onTestFinished(() => {
    rmSync(made, { recursive: true, force: true });
    directory = undefined;
  });
  return made;
}

/** A file with these bytes. */
export function fileOf(bytes: Uint8Array): string {
  const path = newPath();
  writeFileSync(path, bytes);
  return path;
}

/** The members of a recording, by the lengths in their headers. */
export function splitMembers(bytes: Buffer): Buffer[] {
  const members: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += members.at(-1)?.length ?? Infinity)
    members.push(bytes.subarray(at, at + bytes.readUInt32LE(at + 16)));
  return members;
}

/** A member whose header says its right length. */
export function withLength(member: Buffer): Buffer {
  const bytes = Buffer.from(member);
  bytes.writeUInt32LE(bytes.length, 16);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 39)), 39);
  return bytes;
}
