import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { RecordedSamples } from '../../src/recording/samples.ts';
import { packMember } from '../../src/recording/format.ts';
import { RecordingFile } from '../../src/recording/file.ts';
import { type RecordedLine, SampleEncoder } from '../../src/recording/sample-codec.ts';
import { recordingFile, RecordingWriter } from '../../src/recording/writer.ts';
import { SourceError } from '../../src/source/source-error.ts';
import { stoppedClock } from '../helpers/fixture.ts';
import {
  countingRecording,
  fileOf,
  keyframe,
  memoryOutput,
  newPath,
  numberedSample,
  numberOf,
  recordingOf,
  splitMembers,
  withLength,
} from '../helpers/recordings.ts';

/** All samples of a recording, one after the other, and what is said of it at the end. */
async function readAll(
  bytes: Uint8Array,
): Promise<{ samples: number[]; problem: string | undefined }> {
  const file = new RecordingFile(fileOf(bytes));
  try {
    const recorded = new RecordedSamples(file, stoppedClock);
    const samples: number[] = [];
    for (let next = 0; next < file.index.samples; next++) {
      const found = await recorded.at(next);
      if (found === undefined || found.index < next) continue;
      next = found.index;
      samples.push(numberOf(found.sample));
    }
    return { samples, problem: file.problem };
  } finally {
    file.close();
  }
}

const RECORDING = countingRecording(12);
const EMPTY = numberedSample(-1, 0);
const ALL = Array.from({ length: 48 }, (_, index) => index);

test('what was written is read', async () => {
  expect(await readAll(RECORDING)).toEqual({ samples: ALL, problem: undefined });
});

test('gzip reads it', () => {
  const [header, ...lines] = gunzipSync(RECORDING).toString().trimEnd().split('\n');
  expect(header).toBe('{"schema":"ephtop.recording/1","ephtop":"0.0.0"}');
  expect(lines).toHaveLength(48);
});

test('of a recording that was cut anywhere, all is read that was written whole', async () => {
  const ends = splitMembers(RECORDING).map((_, index, members) =>
    members.slice(0, index + 1).reduce((sum, member) => sum + member.length, 0),
  );
  await fc.assert(
    fc.asyncProperty(fc.nat(RECORDING.length), async (length) => {
      const whole = ends.filter((end) => end <= length).length;
      const read = await attempt(RECORDING.subarray(0, length));
      // The header, and the samples of a second.
      if (whole < 2) {
        expect(read).toBeInstanceOf(SourceError);
        return;
      }
      const cut: unknown = expect.stringMatching(/ was cut off: its last/);
      const problem = ends.includes(length) ? undefined : cut;
      expect(read).toEqual({ samples: ALL.slice(0, 4 * (whole - 1)), problem });
    }),
    { numRuns: 300 },
  );
});

test('with any byte changed, all is read but the second of the damage, and a sentence says so', async () => {
  const starts = splitMembers(RECORDING).map((_, index, members) =>
    members.slice(0, index).reduce((sum, member) => sum + member.length, 0),
  );
  const change = fc.integer({ min: 1, max: 255 });
  await fc.assert(
    fc.asyncProperty(fc.nat(RECORDING.length - 1), change, async (at, bits) => {
      const bytes = Buffer.from(RECORDING);
      bytes.writeUInt8((bytes[at] ?? 0) ^ bits, at);
      const read = await readAll(bytes);
      // The last bits of what is packed mean nothing.
      if (read.samples.length === 48) {
        expect(read.problem ?? 'is damaged from byte 0 to 90;').toMatch(
          /is damaged from byte 0 to/,
        );
        return;
      }
      const second = starts.findLastIndex((start) => start <= at) - 1;
      expect(read.samples).toEqual(ALL.filter((sample) => Math.floor(sample / 4) !== second));
      expect(read.problem).toMatch(
        second === 11
          ? /is damaged from byte \d+ on; what was rec/
          : /is damaged from byte \d+ to \d+; the rest is shown/,
      );
    }),
    { numRuns: 500 },
  );
});

test('several damaged seconds are lost alone, and counted', async () => {
  const members = splitMembers(RECORDING);
  const bytes = Buffer.concat(
    members.map((member, index) =>
      index % 5 === 3 ? Buffer.from(member).fill(0, 60, 80) : member,
    ),
  );
  const { samples, problem } = await readAll(bytes);
  expect(samples).toEqual(ALL.filter((sample) => ![2, 7].includes(Math.floor(sample / 4))));
  expect(problem).toMatch(/is damaged at 2 places, the first from byte \d+ on; the rest is shown/);
});

test('where bytes are missing, reading goes on at the next second', async () => {
  const [header = Buffer.alloc(0), ...seconds] = splitMembers(RECORDING);
  const holed = seconds.map((member, index) => (index === 4 ? member.subarray(0, 70) : member));
  const { samples, problem } = await readAll(Buffer.concat([header, ...holed]));
  expect(samples).toEqual(ALL.filter((sample) => Math.floor(sample / 4) !== 4));
  expect(problem).toMatch(/is damaged from byte \d+ to \d+; the rest is shown/);
});

async function attempt(bytes: Uint8Array) {
  try {
    return await readAll(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(SourceError);
    expect((error as Error).message).toMatch(/^[^\n]+$/);
    return error as SourceError;
  }
}

describe('what is no recording is told', () => {
  const [header = Buffer.alloc(0)] = splitMembers(RECORDING);
  const newer = packMember(['{"schema":"ephtop.recording/2"}'], {
    samples: 0,
    isKeyframe: false,
    firstAtMs: 0,
    lastAtMs: 0,
  });

  it.each<[what: string, bytes: Uint8Array, message: RegExp]>([
    ['nothing', Buffer.alloc(0), /is empty: nothing was recorded\./],
    [
      'text',
      Buffer.from('hello, world'),
      /is no recording of ephtop \(it is not compressed\)\. "ep/,
    ],
    ['one byte', Buffer.from('x'), /is no recording of ephtop/],
    ['other gzip', gzipSync('hello'), /is no recording of ephtop, or was compressed anew/],
    [
      'compressed anew',
      gzipSync(gunzipSync(RECORDING)),
      /or was compressed anew\. "ephtop record"/,
    ],
    ['a newer version', newer, /by a newer ephtop \(ephtop\.recording\/2; .*\): update ephtop\./],
    ['the first bytes', RECORDING.subarray(0, 30), /is damaged, or cut off, at its very beginning/],
    ['no samples', header, /has no sample that can be read/],
    ['a first second that is cut', RECORDING.subarray(0, header.length + 50), /has no sample/],
  ])('%s', async (_, bytes, message) => {
    await expect(readAll(bytes)).rejects.toThrow(SourceError);
    await expect(readAll(bytes)).rejects.toThrow(message);
  });

  it.each<[what: string, make: () => string, message: RegExp]>([
    ['no file', newPath, /cannot be opened: no such file\./],
    ['a directory', () => directory(), /is no file/],
    ['a device', () => '/dev/zero', /is no file/],
    [
      'a name that steers terminals',
      () => '/no\u001b[31m/x',
      /^\/no\\x1b\[31m\/x cannot be opened/,
    ],
  ])('%s', (_, make, message) => {
    expect(() => new RecordingFile(make())).toThrow(message);
  });

  function directory(): string {
    const path = newPath();
    mkdirSync(path);
    return path;
  }
});

describe('hostile files', () => {
  const times = { firstAtMs: 0, lastAtMs: 0 };
  const start = splitMembers(RECORDING).slice(0, 2);

  it('a member that would unpack to gigabytes is left out', async () => {
    const bomb = bombMember();
    expect(bomb.length).toBeLessThan(1e6);
    const { samples, problem } = await readAll(Buffer.concat([...start, bomb]));
    expect(samples).toEqual([0, 1, 2, 3]);
    expect(problem).toMatch(/is damaged from byte \d+ on/);
  });

  it('so is a member that says it has other samples than it has', async () => {
    const liar = packMember(['{"+":{}}', '{"+":{}}'], { ...times, isKeyframe: false, samples: 3 });
    expect((await readAll(Buffer.concat([...start, liar]))).samples).toEqual([0, 1, 2, 3]);
  });

  it.for([[1000, 1000] as const, [1001, 4] as const])(
    '%i samples that need those before them make %i',
    ([lines, samples]) => {
      const changes = packMember(Array<string>(lines - 4).fill('{"+":{}}'), {
        ...times,
        isKeyframe: false,
      });
      const file = new RecordingFile(fileOf(Buffer.concat([...start, changes])));
      expect(file.index.samples).toBe(samples);
      file.close();
    },
  );

  it('a recording that does not begin with a whole sample begins at the first', async () => {
    const encoder = new SampleEncoder();
    const lines = [0, 1].map((number) => encoder.encode(numberedSample(number, number)));
    const [head = Buffer.alloc(0), , second = Buffer.alloc(0)] = splitMembers(
      recordingOf([lines.slice(0, 1), lines.slice(1)]),
    );
    await expect(readAll(Buffer.concat([head, second]))).rejects.toThrow(/has no sample/);
    const { samples, problem } = await readAll(Buffer.concat([head, second, ...start.slice(1)]));
    expect(samples).toEqual([0, 1, 2, 3]);
    expect(problem).toMatch(/is damaged from byte \d+ to \d+/);
  });

  it('of a member, what comes before a sample that cannot be one is shown', async () => {
    const encoder = new SampleEncoder();
    const lines = [0, 1, 2, 3, 4, 5, 6, 7].map((number) =>
      encoder.encode(numberedSample(number, 250 * number)),
    );
    const impossible = lines.map((line, number) =>
      number < 6 ? line : { ...line, text: '{"+":{"sampling":{"+":{"sockets":"many"}}}}' },
    );
    const file = new RecordingFile(
      fileOf(recordingOf([impossible.slice(0, 4), impossible.slice(4)])),
    );
    const found = await new RecordedSamples(file, stoppedClock).at(40);
    expect([found?.index, found && numberOf(found.sample)]).toEqual([5, 5]);
    expect(file.index.samples).toBe(6);
    expect(file.problem).toMatch(/is damaged/);
    file.close();
  });

  /** As packMember would make it of 64 MB of blanks. */
  function bombMember(): Buffer {
    const member = packMember(['x'], { ...times, isKeyframe: false });
    const packed = deflateRawSync(Buffer.alloc(64e6, ' '));
    const whole = Buffer.concat([member.subarray(0, 43), packed, member.subarray(-8)]);
    return withLength(whole);
  }
});

describe('the writer', () => {
  const line = (text: string) => ({ text, isKeyframe: false, takenAtMs: 0 });
  /** Lines of the samples 1, 2 and 3, the first whole. */
  function threeLines(): readonly [RecordedLine, RecordedLine, RecordedLine] {
    const encoder = new SampleEncoder();
    const encode = (number: number) => encoder.encode(numberedSample(number, 0));
    return [encode(1), encode(2), encode(3)];
  }

  it('writes within a second of the first sample that it holds', async () => {
    const output = memoryOutput();
    const sleeps: (() => void)[] = [];
    const sleep = (durationMs: number) =>
      new Promise<void>((resolve) => {
        expect(durationMs).toBeLessThanOrEqual(1000);
        sleeps.push(resolve);
      });
    const writer = new RecordingWriter(output, { ...stoppedClock, sleep }, '1', () => {});
    const [first, second, third] = threeLines();
    writer.push(first);
    writer.push(second);
    expect(output.pieces).toHaveLength(0);
    sleeps[0]?.();
    await Promise.resolve();
    expect(output.pieces).toHaveLength(1);
    expect(writer.samples).toBe(2);
    expect(writer.bytes).toBe(Buffer.concat(output.pieces).length);
    writer.push(third);
    expect(sleeps).toHaveLength(2);
    writer.end();
    expect((await readAll(Buffer.concat(output.pieces))).samples).toEqual([1, 2, 3]);
    expect(output.isEnded()).toBe(true);
  });

  it('that was removed before its end is told as a failure, once', () => {
    const told: string[] = [];
    const output = { ...memoryOutput(), end: () => 'removed' as const };
    const writer = new RecordingWriter(output, forever(), '1', (error) => told.push(String(error)));
    writer.end();
    writer.end();
    expect(told).toEqual(['FileRemovedError: the file was removed']);
    expect(writer.whereabouts).toBe('removed');
  });

  it('holds a few megabytes at most', () => {
    const output = memoryOutput();
    const writer = new RecordingWriter(output, forever(), '1', () => {});
    for (let index = 0; index < 20; index++) writer.push(line('x'.repeat(1e6)));
    expect(output.pieces.length).toBeGreaterThan(1);
  });

  it('ends where nothing more can be written, says so once, and keeps what was written', async () => {
    const output = memoryOutput();
    const told: unknown[] = [];
    const full = new Error('ENOSPC');
    let isFull = false;
    const append = (bytes: Buffer) => {
      if (isFull) throw full;
      output.append(bytes);
    };
    const writer = new RecordingWriter({ ...output, append }, forever(), '1', (error) =>
      told.push(error),
    );
    const [first, second, third] = threeLines();
    writer.push(first);
    writer.flush();
    isFull = true;
    writer.push(second);
    writer.flush();
    writer.push(third);
    writer.end();
    expect(told).toEqual([full]);
    expect(output.isEnded()).toBe(true);
    expect(writer.samples).toBe(1);
    expect((await readAll(Buffer.concat(output.pieces))).samples).toEqual([1]);
  });

  const forever = () => ({ ...stoppedClock, sleep: () => new Promise<void>(() => {}) });
});

describe('the file', () => {
  it("is its owner's only, and never written over", () => {
    const path = newPath();
    const output = recordingFile(path);
    output.append(Buffer.from('abc'));
    output.end();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(() => recordingFile(path)).toThrow('EEXIST');
    expect(readFileSync(path, 'utf8')).toBe('abc');
  });

  it('is not written to once it was removed, but is when it was renamed', () => {
    const path = newPath();
    const output = recordingFile(path);
    output.append(Buffer.from('abc'));
    renameSync(path, `${path}.1`);
    output.append(Buffer.from('def'));
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('abcdef');
    rmSync(`${path}.1`);
    expect(() => output.append(Buffer.from('ghi'))).toThrow('the file was removed');
    expect(output.end()).toBe('removed');
  });

  it('leaves another file that has its name by now', () => {
    const path = newPath();
    const output = recordingFile(path);
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'precious');
    expect(output.end()).toBe('renamed');
    expect(readFileSync(path, 'utf8')).toBe('precious');
  });

  it('goes again if nothing was written', () => {
    const path = newPath();
    recordingFile(path).end();
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  });
});

test('times of samples are found, evenly within a second, and the other way round', () => {
  const file = new RecordingFile(fileOf(RECORDING));
  const { index } = file;
  expect(index.durationMs).toBe(11_750);
  expect([0, 1, 5, 47].map((sample) => index.elapsedMsOf(sample))).toEqual([0, 250, 1250, 11_750]);
  for (const sample of ALL) expect(index.sampleAt(index.elapsedMsOf(sample))).toBe(sample);
  expect(index.sampleAt(1400)).toBe(5);
  expect(index.sampleAt(-5)).toBe(0);
  expect(index.sampleAt(1e9)).toBe(47);
  file.close();
});

test('samples are read in any order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(47), { minLength: 1, maxLength: 20 }), async (wanted) => {
      const file = new RecordingFile(fileOf(RECORDING));
      const recorded = new RecordedSamples(file, stoppedClock);
      for (const index of wanted)
        expect(numberOf((await recorded.at(index))?.sample ?? EMPTY)).toBe(index);
      file.close();
    }),
    { numRuns: 50 },
  );
});

test('a clock that was set back stands still', () => {
  const at = (takenAtMs: number, number: number) => [keyframe(number, takenAtMs)];
  const file = new RecordingFile(
    fileOf(recordingOf([at(5000, 0), at(6000, 1), at(1000, 2), at(2000, 3)])),
  );
  expect([0, 1, 2, 3].map((sample) => file.index.elapsedMsOf(sample))).toEqual([
    0, 1000, 1000, 2000,
  ]);
  file.close();
});
