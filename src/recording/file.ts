import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { printable } from '../kernel/foreign-text.ts';
import { failureReason } from '../source/read-file.ts';
import {
  DamagedMember,
  ID_END,
  isGzip,
  isMember,
  MEMBER_HEADER_BYTES,
  type MemberHeader,
  readHeader,
  RECORDING_SCHEMA,
  unpackMember,
} from './format.ts';
import { RecordingIndex } from './index-of-members.ts';
import { SourceError } from '../source/source-error.ts';

/** Eleven days of one member a second. */
const MOST_MEMBERS = 1_000_000;

/**
 * The file of a recording. Its members are indexed when it is opened; their contents are read on demand.
 * Throws SourceError if it is not a recording.
 */
export class RecordingFile {
  readonly index = new RecordingIndex();
  /** Its name in messages. */
  readonly #name: string;
  readonly #file: number;
  #problem: string | undefined;

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

  /** Which part of the file cannot be read, in a sentence; undefined: none, as far as known. */
  get problem(): string | undefined {
    return this.#problem && `${this.#name} ${this.#problem}`;
  }

  /** The lines of a member, counted from 0. Throws DamagedMember, or SourceError if the disk fails. */
  lines(member: number): string[] {
    const { offset, header } = this.index.member(member);
    const bytes = this.#read(offset, header.length);
    if (bytes.length < header.length) throw new DamagedMember('its end is missing');
    return unpackMember(bytes, header);
  }

  /** Ends the recording before a sample that cannot be read. */
  endBefore(sample: number): void {
    if (sample <= 0) this.#fail('is damaged: not even its first sample can be read.');
    const { offset } = this.index.member(this.index.memberOf(sample));
    this.index.endBefore(sample);
    this.#problem = `is damaged from byte ${offset} on; what was recorded before that is shown.`;
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
    let offset = this.#readRecordingHeader();
    while (offset < size) {
      const header = this.#headerAt(offset);
      if (header === undefined || offset + header.length > size) {
        const isCut = header !== undefined || size - offset < MEMBER_HEADER_BYTES;
        this.#problem = isCut
          ? `was cut off: its last ${size - offset} bytes are no whole piece, and left out.`
          : `is damaged from byte ${offset} on; what was recorded before that is shown.`;
        return;
      }
      if (this.index.members >= MOST_MEMBERS) {
        this.#problem = `is too long; its first ${this.index.samples} samples are shown.`;
        return;
      }
      this.index.add(offset, header);
      offset += header.length;
    }
  }

  /** Checks that this is a readable recording; returns the offset of its samples. */
  #readRecordingHeader(): number {
    const start = this.#read(0, MEMBER_HEADER_BYTES);
    if (start.length === 0) this.#fail('is empty: nothing was recorded.');
    if (!isGzip(start)) this.#fail(`is no recording of ephtop (it is not compressed). ${HOW_TO}`);
    if (start.length >= ID_END && !isMember(start))
      this.#fail(`is no recording of ephtop, or was compressed anew. ${HOW_TO}`);
    const header = start.length < MEMBER_HEADER_BYTES ? undefined : readHeader(start);
    if (header === undefined) this.#fail('is damaged, or cut off, at its very beginning.');
    this.#checkVersion(this.#firstLine(header));
    return header.length;
  }

  #firstLine(header: MemberHeader): string {
    try {
      const bytes = this.#read(0, header.length);
      if (bytes.length < header.length) throw new DamagedMember();
      return unpackMember(bytes, header)[0] ?? '';
    } catch (error) {
      if (!(error instanceof DamagedMember)) throw error;
      this.#fail('is damaged, or cut off, at its very beginning.');
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
        break;
      } catch (error) {
        if (!(error instanceof DamagedMember)) throw error;
        const { offset } = this.index.member(last);
        this.index.endBefore(this.index.firstSampleOf(last));
        this.#problem = `is damaged from byte ${offset} on; what was recorded before that is shown.`;
      }
    }
    if (this.index.samples === 0)
      this.#fail('has no sample that can be read: the recording ended within its first second.');
  }

  #headerAt(offset: number): MemberHeader | undefined {
    const bytes = this.#read(offset, MEMBER_HEADER_BYTES);
    const header = bytes.length < MEMBER_HEADER_BYTES ? undefined : readHeader(bytes);
    // The first one has to stand for itself.
    const isPossible = header !== undefined && header.samples > 0;
    return isPossible && (header.isKeyframe || this.index.members > 0) ? header : undefined;
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
