import { deepEqual, ok } from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printable, printableJson } from '../../src/kernel/foreign-text.ts';
import { ParseError } from '../../src/kernel/parse-error.ts';
import { buildModel } from '../../src/model/model.ts';
import { sampleOf } from '../../src/model/sample/measure.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { snapshotDocument } from '../../src/outputs/json.ts';
import { snapshotTable } from '../../src/outputs/table.ts';
import { RecordingFile } from '../../src/recording/file.ts';
import { DamagedMember, packMember, packRecordingHeader } from '../../src/recording/format.ts';
import { SampleDecoder, SampleEncoder } from '../../src/recording/sample-codec.ts';
import type { Clock } from '../../src/source/clock.ts';
import { placeHere } from '../../src/source/watched-place.ts';
import { procRoot } from '../../src/source/proc-root.ts';
import { procfsReader } from '../../src/source/procfs-reader.ts';

const clock: Clock = {
  nowMs: () => Date.UTC(2026, 10, 21, 12),
  monotonicMs: () => 0,
  sleep: () => Promise.reject(new Error('nobody sleeps here')),
};

function samples(): Sample[] {
  const proc = procRoot(join(import.meta.dirname, '../../test/fixtures/proc'));
  const sample = sampleOf(procfsReader(placeHere(proc), clock)());
  return [0, 1, 2].map((second) => ({
    ...sample,
    takenAtMs: sample.takenAtMs + 1000 * second,
    groups: sample.groups.slice(0, 3 - second),
  }));
}

/** The first lines of a recording. */
export function lines(count: number): string {
  const encoder = new SampleEncoder();
  return samples()
    .slice(0, count)
    .map((sample) => encoder.encode(sample).text)
    .join('\n');
}

/** A whole recording, in two members. */
export const RECORDING = recording();

function recording(): Buffer {
  const encoder = new SampleEncoder();
  const [first = [], second = []] = [samples().slice(0, 1), samples().slice(1)].map((each) =>
    each.map((sample) => encoder.encode(sample)),
  );
  const member = (each: typeof first, isKeyframe: boolean) =>
    packMember(
      each.map(({ text }) => text),
      {
        isKeyframe,
        firstAtMs: each[0]?.takenAtMs ?? 0,
        lastAtMs: each.at(-1)?.takenAtMs ?? 0,
      },
    );
  return Buffer.concat([packRecordingHeader('0.0.0'), member(first, true), member(second, false)]);
}

/** Reads a recording's file: each member of it is damaged, or has samples that can be shown. */
export function recordingFile(input: Buffer): void {
  atPath(input, (path) => {
    const file = new RecordingFile(path);
    try {
      let decoder = new SampleDecoder();
      for (let member = 0; member < file.index.members; member++) {
        if (file.index.member(member).header.isKeyframe) decoder = new SampleDecoder();
        try {
          for (const line of file.lines(member)) canBeShown(decoder.take(line));
        } catch (error) {
          if (!(error instanceof ParseError || error instanceof DamagedMember)) throw error;
        }
      }
    } finally {
      file.close();
    }
  });
}

/** Reads the lines of a recording, each of which must be refused or make a sample that can be shown. */
export function recordingLines(text: string): void {
  const decoder = new SampleDecoder();
  for (const line of text.split('\n')) canBeShown(decoder.take(line));
}

function canBeShown(sample: Sample): void {
  const model = buildModel(sample);
  for (const line of snapshotTable(model).split('\n')) ok(printable(line) === line, 'raw text');
  const document = snapshotDocument(model);
  deepEqual(JSON.parse(printableJson(document)), JSON.parse(JSON.stringify(document)));
  const again = new SampleDecoder().take(new SampleEncoder().encode(sample).text);
  deepEqual(again, { ...sample, sampling: { ...sample.sampling, source: 'replay' } });
}

const directory = mkdtempSync(join(tmpdir(), 'ephtop-fuzz-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));

/** What `use` makes of a file with these bytes. */
export function atPath<Result>(input: Uint8Array, use: (path: string) => Result): Result {
  const path = join(directory, 'input');
  writeFileSync(path, input);
  return use(path);
}
