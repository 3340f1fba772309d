/** Node's binary as a single file needs it: without what only debuggers and linkers read, and without libatomic. */
import { exchangeCode, LIBRARY } from '../own-node/libatomic.mjs';
import {
  dropDynamicEntry,
  dynamicEntries,
  offsetOf,
  readLong,
  readName,
  SEGMENT,
  type Segment,
  segments,
  TAG,
  writeLong,
} from './elf.ts';

/** The processors for which there is a single file, as Node names them. */
export const ARCHITECTURES = ['x64', 'arm64'] as const;

/** One of them. */
export type Architecture = (typeof ARCHITECTURES)[number];

const FUNCTION = '__atomic_compare_exchange';
const EXECUTE = 1;
const RELOCATION_BYTES = 24;
const SYMBOL_BYTES = 24;
/** The relocation “the program's own address plus a number”: R_X86_64_RELATIVE, R_AARCH64_RELATIVE. */
const RELATIVE = { x64: 8, arm64: 1027 } as const;

/**
 * Cuts off what is not loaded: symbols, debugging data and the table of sections (as `sstrip` does). It is a quarter of the
 * file. Nothing but debuggers and linkers reads it.
 */
export function withoutSymbols(binary: Buffer): Buffer {
  const end = Math.max(...segments(binary).map((part) => part.offset + part.fileBytes));
  const kept = Buffer.from(binary.subarray(0, end));
  writeLong(kept, 40, 0); // e_shoff
  kept.writeUInt16LE(0, 60); // e_shnum
  kept.writeUInt16LE(0, 62); // e_shstrndx
  return kept;
}

/**
 * Puts the one function that Node takes from libatomic.so.1 into the binary itself, so that systems without this library
 * need none. The code goes into the padding behind the last instruction, whose page is in memory anyway. The slot from which it
 * is called is filled with its address rather than by a search; the library, and the version of it, are no longer asked for.
 * Throws where the binary is not as expected.
 */
export function withoutLibatomic(binary: Buffer, architecture: Architecture): Buffer {
  const file = Buffer.from(binary);
  const parts = segments(file);
  const address = addCode(file, parts, exchangeCode(architecture));
  bindFunction(file, parts, address, RELATIVE[architecture]);
  forgetVersion(file, parts);
  const entries = dynamicEntries(file, parts);
  const strings = offsetOf(parts, valueOf(file, parts, TAG.strings));
  const needed = entries.find(
    ({ tag, value }) => tag === TAG.needed && readName(file, strings + value) === LIBRARY,
  );
  if (needed === undefined) throw new Error(`${LIBRARY} is not needed`);
  dropDynamicEntry(file, entries, needed);
  return file;
}

function valueOf(file: Buffer, parts: readonly Segment[], wanted: number): number {
  const entry = dynamicEntries(file, parts).find(({ tag }) => tag === wanted);
  if (entry === undefined) throw new Error(`no entry 0x${wanted.toString(16)} in .dynamic`);
  return entry.value;
}

/** Adds code behind that of the program, and returns its address. */
function addCode(file: Buffer, parts: readonly Segment[], code: Buffer): number {
  const index = parts.findIndex(
    ({ type, flags }) => type === SEGMENT.load && (flags & EXECUTE) !== 0,
  );
  const [part, next] = [parts[index], parts[index + 1]];
  if (part === undefined || next === undefined) throw new Error('no code in the binary');
  const padding = -part.fileBytes & 15;
  const at = part.offset + part.fileBytes + padding;
  const isFree = file.subarray(at, at + code.length).every((byte) => byte === 0);
  if (at + code.length > next.offset || !isFree) throw new Error('no room behind the code');
  code.copy(file, at);
  const bytes = part.fileBytes + padding + code.length;
  writeLong(file, part.headerAt + 32, bytes); // p_filesz
  writeLong(file, part.headerAt + 40, bytes); // p_memsz
  return part.address + part.fileBytes + padding;
}

/** Fills the slot through which the function is called with an address. The loader fills all slots at start (BIND_NOW). */
function bindFunction(
  file: Buffer,
  parts: readonly Segment[],
  address: number,
  relative: number,
): void {
  const symbols = offsetOf(parts, valueOf(file, parts, TAG.symbols));
  const strings = offsetOf(parts, valueOf(file, parts, TAG.strings));
  const first = offsetOf(parts, valueOf(file, parts, TAG.pltRelocations));
  const end = first + valueOf(file, parts, TAG.pltRelocationBytes);
  for (let at = first; at < end; at += RELOCATION_BYTES) {
    const symbol = symbols + file.readUInt32LE(at + 12) * SYMBOL_BYTES;
    if (readName(file, strings + file.readUInt32LE(symbol)) !== FUNCTION) continue;
    writeLong(file, at + 8, relative);
    writeLong(file, at + 16, address);
    return;
  }
  throw new Error(`${FUNCTION} is not called`);
}

/** Takes the library out of the chain of those of which a version is asked for (Elf64_Verneed). */
function forgetVersion(file: Buffer, parts: readonly Segment[]): void {
  const entries = dynamicEntries(file, parts);
  const start = entries.find(({ tag }) => tag === TAG.versionNeeds);
  const count = entries.find(({ tag }) => tag === TAG.versionNeedCount);
  if (start === undefined || count === undefined) throw new Error('no versions are asked for');
  const strings = offsetOf(parts, valueOf(file, parts, TAG.strings));
  let before: number | undefined;
  let at = offsetOf(parts, start.value);
  for (;;) {
    const next = file.readUInt32LE(at + 12);
    if (readName(file, strings + file.readUInt32LE(at + 4)) === LIBRARY) {
      if (next === 0) throw new Error(`${LIBRARY} is the last of its list`);
      if (before === undefined) writeLong(file, start.at + 8, start.value + next);
      else file.writeUInt32LE(file.readUInt32LE(before + 12) + next, before + 12);
      writeLong(file, count.at + 8, readLong(file, count.at + 8) - 1);
      return;
    }
    if (next === 0) throw new Error(`no version of ${LIBRARY} is asked for`);
    before = at;
    at += next;
  }
}
