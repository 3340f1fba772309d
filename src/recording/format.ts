import { constants, crc32, deflateRawSync, inflateRawSync } from 'node:zlib';

/*
 * A recording is a series of gzip members (RFC 1952), so `zcat` can read it: a header, then about one second of
 * samples per member, as lines of JSON. Each member is self-contained. An extra field in its header gives its length
 * and its samples, so a reader can go from one to the next without unpacking them, and a truncated or damaged
 * member does not affect those before it.
 */

/** Name and version of the format, in the first line of a recording. */
export const RECORDING_SCHEMA = 'ephtop.recording/1';

/** A member's own description, from its header. */
export interface MemberHeader {
  /** Bytes of the whole member. */
  readonly length: number;
  /** How many samples it has; 0 is the header of the recording. */
  readonly samples: number;
  /** True if its first sample can be read without those before it. */
  readonly isKeyframe: boolean;
  /** Unix time in ms of its first and of its last sample. */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** A member that is damaged. Its message is a few words. */
export class DamagedMember extends Error {}

const ID = { first: 0x45, second: 0x50 };
/** Of every member. Magic number, deflate, FEXTRA; no time; no words on compression; made on an unknown system. */
export const MEMBER_START = Buffer.of(0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255);
/** Length of the extra field: two bytes of ID, two of length, and what `writeExtra` writes. */
const EXTRA_BYTES = 4 + 27;
const FIXED_BYTES = 12;
/** Length of a member's header, before the packed lines. */
export const MEMBER_HEADER_BYTES = FIXED_BYTES + EXTRA_BYTES;
const TRAILER_BYTES = 8;

/** Largest member that a writer makes, packed and unpacked. */
const LONGEST = { packed: 8e6, text: 16e6 };

/** Most samples of a member: a second has 20 at the shortest interval. Also the most that need those before them. */
export const MOST_SAMPLES = 1000;

/** Maximum line length that fits into a member, in characters. */
export const MOST_TEXT = LONGEST.text / 4;

/** Packs lines, each without its end. */
export function packMember(
  lines: readonly string[],
  about: Omit<MemberHeader, 'length' | 'samples'> & { readonly samples?: number },
): Buffer {
  const text = Buffer.from(`${lines.join('\n')}\n`);
  const packed = deflateRawSync(text);
  const length = MEMBER_HEADER_BYTES + packed.length + TRAILER_BYTES;
  const trailer = Buffer.alloc(TRAILER_BYTES);
  trailer.writeUInt32LE(crc32(text), 0);
  trailer.writeUInt32LE(text.length, 4);
  const header = packHeader({ samples: lines.length, ...about, length });
  return Buffer.concat([header, packed, trailer]);
}

/** The first lines of a recording's file. `ring`: what the two files of a ring have in common. */
export function packRecordingHeader(version: string, ring?: string): Buffer {
  const line = JSON.stringify({ schema: RECORDING_SCHEMA, ephtop: version, ring });
  return packMember([line], { samples: 0, isKeyframe: false, firstAtMs: 0, lastAtMs: 0 });
}

function packHeader({
  length,
  samples,
  isKeyframe: isWhole,
  firstAtMs,
  lastAtMs,
}: MemberHeader): Buffer {
  const header = Buffer.alloc(MEMBER_HEADER_BYTES);
  header.set(MEMBER_START, 0);
  header.writeUInt16LE(EXTRA_BYTES, 10);
  header.set([ID.first, ID.second], 12);
  header.writeUInt16LE(EXTRA_BYTES - 4, 14);
  header.writeUInt32LE(length, 16);
  header.writeUInt16LE(samples, 20);
  header.writeUInt8(Number(isWhole), 22);
  header.writeDoubleLE(firstAtMs, 23);
  header.writeDoubleLE(lastAtMs, 31);
  header.writeUInt32LE(crc32(header.subarray(0, 39)), 39);
  return header;
}

/** True for the first bytes of any gzip file. */
export function isGzip(bytes: Buffer): boolean {
  return bytes.length >= 2 && bytes.readUInt16BE(0) === 0x1f8b;
}

/** Number of bytes needed to tell whether ephtop wrote a member. */
export const ID_END = 14;

/** True for the first bytes of a member that ephtop wrote, of whatever version and state. */
export function isMember(bytes: Buffer): boolean {
  return isGzip(bytes) && bytes[12] === ID.first && bytes[13] === ID.second;
}

/** Reads a member's header, of at least MEMBER_HEADER_BYTES; undefined: not a header, or damaged. */
export function readHeader(bytes: Buffer): MemberHeader | undefined {
  if (!isMember(bytes) || bytes.readUInt32LE(39) !== crc32(bytes.subarray(0, 39))) return undefined;
  const length = bytes.readUInt32LE(16);
  if (length < MEMBER_HEADER_BYTES + TRAILER_BYTES || length > LONGEST.packed) return undefined;
  const samples = bytes.readUInt16LE(20);
  if (samples > MOST_SAMPLES) return undefined;
  const firstAtMs = bytes.readDoubleLE(23);
  const lastAtMs = bytes.readDoubleLE(31);
  if (!Number.isFinite(firstAtMs) || !Number.isFinite(lastAtMs)) return undefined;
  return {
    length,
    samples,
    isKeyframe: bytes[22] === 1,
    firstAtMs,
    lastAtMs,
  };
}

/** The lines of a whole member. Throws DamagedMember. */
export function unpackMember(member: Buffer, { samples }: Pick<MemberHeader, 'samples'>): string[] {
  const end = member.length - TRAILER_BYTES;
  const text = inflate(member.subarray(MEMBER_HEADER_BYTES, end));
  if (member.readUInt32LE(end) !== crc32(text) || member.readUInt32LE(end + 4) !== text.length)
    throw new DamagedMember('its checksum is wrong');
  const lines = text.toString('utf8').split('\n');
  // The end of the last line.
  lines.pop();
  if (lines.length !== Math.max(1, samples)) throw new DamagedMember('lines are missing');
  return lines;
}

function inflate(packed: Buffer): Buffer {
  try {
    return inflateRawSync(packed, {
      maxOutputLength: LONGEST.text,
      finishFlush: constants.Z_FINISH,
    });
  } catch {
    throw new DamagedMember('it cannot be unpacked');
  }
}
