/** What of a program in ELF (64 bits, little-endian) has to be found to change how it is loaded. */

/** Types of program headers. */
export const SEGMENT = { load: 1, dynamic: 2 } as const;

/** Entries of the dynamic section. */
export const TAG = {
  needed: 1,
  pltRelocationBytes: 2,
  strings: 5,
  symbols: 6,
  pltRelocations: 0x17,
  versionNeeds: 0x6ffffffe,
  versionNeedCount: 0x6fffffff,
} as const;

const DYNAMIC_BYTES = 16;
const MAGIC = 0x464c457f;

/** A program header: where a part of the file is, and where it is in memory. */
export interface Segment {
  readonly type: number;
  /** Where the header itself is in the file. */
  readonly headerAt: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileBytes: number;
}

/** A number of 64 bits that fits into one of JavaScript's. */
export function readLong(file: Buffer, at: number): number {
  return Number(file.readBigUInt64LE(at));
}

/** Writes one. */
export function writeLong(file: Buffer, at: number, value: number): void {
  file.writeBigUInt64LE(BigInt(value), at);
}

/** The program headers. Throws where this is no such file. */
export function segments(file: Buffer): Segment[] {
  if (file.readUInt32LE(0) !== MAGIC || file[4] !== 2 || file[5] !== 1)
    throw new Error('no ELF file of 64 bits, little-endian');
  const start = readLong(file, 32);
  const bytes = file.readUInt16LE(54);
  return Array.from({ length: file.readUInt16LE(56) }, (_, index) => {
    const headerAt = start + index * bytes;
    return {
      headerAt,
      type: file.readUInt32LE(headerAt),
      flags: file.readUInt32LE(headerAt + 4),
      offset: readLong(file, headerAt + 8),
      address: readLong(file, headerAt + 16),
      fileBytes: readLong(file, headerAt + 32),
    };
  });
}

/** Where in the file that is which has this address in memory. */
export function offsetOf(parts: readonly Segment[], address: number): number {
  const part = parts.find(
    (each) =>
      each.type === SEGMENT.load &&
      address >= each.address &&
      address < each.address + each.fileBytes,
  );
  if (part === undefined) throw new Error(`nothing is loaded at 0x${address.toString(16)}`);
  return part.offset + address - part.address;
}

/** An entry of the dynamic section. */
export interface DynamicEntry {
  readonly at: number;
  readonly tag: number;
  readonly value: number;
}

/** The entries, with the one that ends them. */
export function dynamicEntries(file: Buffer, parts: readonly Segment[]): DynamicEntry[] {
  const section = parts.find(({ type }) => type === SEGMENT.dynamic);
  if (section === undefined) throw new Error('a program that is not linked dynamically');
  const entries = Array.from({ length: section.fileBytes / DYNAMIC_BYTES }, (_, index) => {
    const at = section.offset + index * DYNAMIC_BYTES;
    return { at, tag: readLong(file, at), value: readLong(file, at + 8) };
  });
  return entries.slice(0, entries.findIndex(({ tag }) => tag === 0) + 1);
}

/** Takes an entry out: those after it move up. */
export function dropDynamicEntry(
  file: Buffer,
  entries: readonly DynamicEntry[],
  dropped: DynamicEntry,
): void {
  const last = entries.at(-1) ?? dropped;
  file.copy(file, dropped.at, dropped.at + DYNAMIC_BYTES, last.at + DYNAMIC_BYTES);
  file.fill(0, last.at, last.at + DYNAMIC_BYTES);
}

/** The text that ends with a zero byte. */
export function readName(file: Buffer, at: number): string {
  return file.toString('latin1', at, file.indexOf(0, at));
}
