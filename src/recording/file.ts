import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { printable } from '../kernel/foreign-text.ts';
import { failureReason } from '../source/read-file.ts';
import {
  DamagedMember,
  ID_END,
  isGzip,
  isMember,
  MEMBER_HEADER_BYTES,
  MEMBER_START,
  type MemberHeader,
  MOST_SAMPLES,
  readHeader,
  RECORDING_SCHEMA,
  unpackMember,
} from './format.ts';
import { RecordingIndex } from './index-of-members.ts';
import { SourceError } from '../source/source-error.ts';

/** Eleven days of one member a second. */
const MOST_MEMBERS = 1_000_000;
/** Where the beginning is damaged, a whole sample is looked for in so many bytes. */
const LONGEST_DAMAGED_START = 16e6;
const SEARCHED_AT_ONCE = 1e6;

/** A recording that can be read at any place. */
export interface Recorded {
  readonly index: RecordingIndex;
  /** Which part cannot be read, in a sentence; undefined: none, as far as known. */
  readonly problem: string | undefined;
  /** At which ends samples may be missing, as far as known: the damage reaches there. */
  readonly missingEnds: { readonly start: boolean; readonly end: boolean };
  /** The lines of a member, counted from 0. Throws DamagedMember, or SourceError if the disk fails. */
  lines(member: number): string[];
  /** Leaves out a sample that cannot be read, up to the next whole one. Throws SourceError if that leaves none. */
  leaveOut(sample: number): void;
  close(): void;
}

/**
 * The file of a recording. Its members are indexed when it is opened; their contents are read on demand.
 * Throws SourceError if it is not a recording.
 */
export class RecordingFile implements Recorded {
  readonly index = new RecordingIndex();
  /** Its name in messages. */
  readonly #name: string;
  readonly #file: number;
  /** What the two files of a ring have in common; undefined: it is none, or the beginning is damaged. */
  #ring: string | undefined;
  /** Behind the last whole member, in bytes. */
  #end = 0;
  /** What is said of its end; undefined: nothing is wrong with that. */
  #problem: string | undefined;
  /** The damaged places before its end, from and to a byte. */
  readonly #damaged: { readonly from: number; readonly to: number }[] = [];

  constructor(path: string) {
    this.#name = printable(path);
    this.#file = this.#open(path);
    try {
      this.#readIndex();
      this.#dropBadEnd();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get ring(): string | undefined {
    return this.#ring;
  }

  /** Behind the last member that is whole, in bytes. */
  get end(): number {
    return this.#end;
  }

  /** The file's inode and device: two names may be one file. */
  get identity(): string {
    const { dev, ino } = fstatSync(this.#file);
    return `${dev}:${ino}`;
  }

  get problem(): string | undefined {
    const [first, ...others] = this.#damaged;
    if (first === undefined) return this.#problem && `${this.#name} ${this.#problem}`;
    const places = 1 + others.length + Number(this.#problem !== undefined);
    return places === 1
      ? `${this.#name} is damaged from byte ${first.from} to ${first.to}; the rest is shown.`
      : `${this.#name} is damaged at ${places} places, the first from byte ${first.from} on; the rest is shown.`;
  }

  get missingEnds() {
    const { offset } = this.index.member(0);
    return {
      start: this.#damaged.some(({ from }) => from <= offset),
      end: this.#problem !== undefined,
    };
  }

  lines(member: number): string[] {
    const { offset, header } = this.index.member(member);
    const bytes = this.#read(offset, header.length);
    if (bytes.length < header.length) throw new DamagedMember('its end is missing');
    return unpackMember(bytes, header);
  }

  leaveOut(sample: number): void {
    const from = this.index.member(this.index.memberOf(sample)).offset;
    const next = this.index.leaveOut(sample);
    if (this.index.samples === 0) this.#fail('is damaged: none of its samples can be read.');
    if (next === undefined) this.#problem = damagedFrom(from);
    else this.#damaged.push({ from, to: this.index.member(next).offset });
  }

  close(): void {
    closeSync(this.#file);
  }

  #open(path: string): number {
    try {
      // Otherwise opening a pipe without a writer would block.
      const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      if (fstatSync(file).isFile()) return file;
      closeSync(file);
    } catch (error) {
      this.#fail(`cannot be opened: ${failureReason(error)}.`);
    }
    this.#fail('is no file: a recording is read at more than one place at a time.');
  }

  #readIndex(): void {
    const { size } = fstatSync(this.#file);
    let offset = this.#startOfSamples(size);
    let lastOffset = offset - MEMBER_HEADER_BYTES;
    // Samples since the last whole one.
    let since = Infinity;
    while (offset < size) {
      const header = this.#headerAt(offset);
      since = header?.isKeyframe === true ? 0 : since;
      since += header?.samples ?? 0;
      if (header === undefined || offset + header.length > size || since > MOST_SAMPLES) {
        // Where bytes are missing, the next whole sample lies before the end of the last member.
        const next = this.#nextWhole(lastOffset + MEMBER_HEADER_BYTES, size, size);
        if (next === undefined) {
          const isCut = header !== undefined || size - offset < MEMBER_HEADER_BYTES;
          this.#problem =
            isCut && since <= MOST_SAMPLES ? cutOff(size - offset) : damagedFrom(offset);
          return;
        }
        // Otherwise the last member is damaged, which is told when it is read.
        if (next >= offset) this.#damaged.push({ from: offset, to: next });
        offset = next;
        continue;
      }
      if (this.index.members >= MOST_MEMBERS) {
        this.#problem = `is too long; its first ${this.index.samples} samples are shown.`;
        return;
      }
      this.index.add(offset, header);
      lastOffset = offset;
      offset += header.length;
      this.#end = offset;
    }
  }

  /** Checks that this is a readable recording; returns the offset of its samples. */
  #startOfSamples(size: number): number {
    const start = this.#read(0, MEMBER_HEADER_BYTES);
    if (start.length === 0) this.#fail('is empty: nothing was recorded.');
    const header = start.length < MEMBER_HEADER_BYTES ? undefined : readHeader(start);
    const line = header && this.#firstLine(header);
    if (header !== undefined && line !== undefined) {
      this.#checkVersion(line);
      this.#ring = /"ring":"([\w-]{1,64})"/.exec(line)?.[1];
      this.#end = header.length;
      return header.length;
    }
    const next = this.#nextWhole(0, LONGEST_DAMAGED_START, size);
    if (next !== undefined) {
      this.#damaged.push({ from: 0, to: next });
      return next;
    }
    if (!isGzip(start)) this.#fail(`is no recording of ephtop (it is not compressed). ${HOW_TO}`);
    if (start.length >= ID_END && !isMember(start))
      this.#fail(`is no recording of ephtop, or was compressed anew. ${HOW_TO}`);
    this.#fail('is damaged, or cut off, at its very beginning.');
  }

  /** Undefined: it is damaged. */
  #firstLine(header: MemberHeader): string | undefined {
    try {
      const bytes = this.#read(0, header.length);
      return bytes.length < header.length ? undefined : unpackMember(bytes, header)[0];
    } catch (error) {
      if (!(error instanceof DamagedMember)) throw error;
      return undefined;
    }
  }

  #checkVersion(line: string): void {
    const found = /^\{"schema":"(ephtop\.recording\/\d{1,9})"/.exec(line)?.[1];
    if (found === RECORDING_SCHEMA) return;
    this.#fail(
      found === undefined
        ? `is no recording of ephtop. ${HOW_TO}`
        : `was recorded by a newer ephtop (${found}; this one reads ${RECORDING_SCHEMA}): update ephtop.`,
    );
  }

  /** After a crash of the machine, the last members may be incomplete. */
  #dropBadEnd(): void {
    while (this.index.members > 0) {
      const last = this.index.members - 1;
      try {
        this.lines(last);
        return;
      } catch (error) {
        if (!(error instanceof DamagedMember)) throw error;
        this.leaveOut(this.index.firstSampleOf(last));
      }
    }
    this.#fail('has no sample that can be read: the recording ended within its first second.');
  }

  #headerAt(offset: number): MemberHeader | undefined {
    const bytes = this.#read(offset, MEMBER_HEADER_BYTES);
    const header = bytes.length < MEMBER_HEADER_BYTES ? undefined : readHeader(bytes);
    return header !== undefined && header.samples > 0 ? header : undefined;
  }

  /** Where the next whole member that begins with a whole sample is, at `from` or later, but before `to`. */
  #nextWhole(from: number, to: number, size: number): number | undefined {
    for (let at = from; at < Math.min(to, size); at += SEARCHED_AT_ONCE) {
      const bytes = this.#read(at, SEARCHED_AT_ONCE + MEMBER_START.length - 1);
      let found = bytes.indexOf(MEMBER_START);
      for (; found >= 0; found = bytes.indexOf(MEMBER_START, found + 1)) {
        const header = this.#headerAt(at + found);
        if (header?.isKeyframe === true && at + found + header.length <= size) return at + found;
      }
    }
    return undefined;
  }

  /** Fewer bytes at the end of the file. */
  #read(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    let read = 0;
    try {
      while (read < length) {
        const count = readSync(this.#file, bytes, read, length - read, offset + read);
        if (count === 0) break;
        read += count;
      }
    } catch (error) {
      this.#fail(`can no longer be read: ${failureReason(error)}.`);
    }
    return bytes.subarray(0, read);
  }

  #fail(problem: string): never {
    throw new SourceError(`${this.#name} ${problem}`);
  }
}

const HOW_TO = '"ephtop record", or r in the live view, makes one.';

function damagedFrom(byte: number): string {
  return `is damaged from byte ${byte} on; what was recorded before that is shown.`;
}

function cutOff(bytes: number): string {
  return `was cut off: its last ${bytes} bytes are no whole piece, and left out.`;
}
