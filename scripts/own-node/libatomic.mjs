/**
 * A libatomic.so.1 for Node, for systems that have none.
 *
 * Official Linux builds of Node 25 and newer take one function from libatomic:
 * `__atomic_compare_exchange`, and call it for 8 bytes only (V8's free lists). Debian and Ubuntu
 * have the library only with a compiler, and no package of npm's carries it. So this writes it,
 * without a compiler: the function, and around it the least that the dynamic loader asks for.
 *
 * JavaScript, because it runs before the checkout's own Node can, on the one that runs npm.
 *
 * @see https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html for the file format
 * @see https://gcc.gnu.org/wiki/Atomic/GCCMM/LIbrary for the function
 */

/** The file's name, by which Node asks for it. */
export const LIBRARY = 'libatomic.so.1';
const VERSION = 'LIBATOMIC_1.0';
const FUNCTION = '__atomic_compare_exchange';

/*
 * bool __atomic_compare_exchange(size_t size, void *object, void *expected, void *desired, int, int)
 * The barriers are full ones, whatever memory order is asked for. Any size but 8 ends the program.
 */
const MACHINES = {
  // EM_X86_64; rdi size, rsi object, rdx expected, rcx desired
  x64: {
    id: 62,
    code: [
      [0x48, 0x83, 0xff, 0x08], //       cmp  rdi, 8
      [0x75, 0x14], //                   jne  other
      [0x48, 0x8b, 0x02], //             mov  rax, [rdx]
      [0x48, 0x8b, 0x09], //             mov  rcx, [rcx]
      [0xf0, 0x48, 0x0f, 0xb1, 0x0e], // lock cmpxchg [rsi], rcx
      [0x74, 0x03], //                   je   done
      [0x48, 0x89, 0x02], //             mov  [rdx], rax
      [0x0f, 0x94, 0xc0], //       done: sete al
      [0xc3], //                         ret
      [0x0f, 0x0b], //            other: ud2
    ].flat(),
  },
  // EM_AARCH64; x0 size, x1 object, x2 expected, x3 desired
  arm64: {
    id: 183,
    code: [
      0xf100201f, //        cmp   x0, #8
      0x540001c1, //        b.ne  other
      0xf9400044, //        ldr   x4, [x2]
      0xf9400065, //        ldr   x5, [x3]
      0xc85ffc26, // again: ldaxr x6, [x1]
      0xeb0400df, //        cmp   x6, x4
      0x540000a1, //        b.ne  differs
      0xc807fc25, //        stlxr w7, x5, [x1]
      0x35ffff87, //        cbnz  w7, again
      0x52800020, //        mov   w0, #1
      0xd65f03c0, //        ret
      0xd5033f5f, // differs: clrex
      0xf9000046, //        str   x6, [x2]
      0x52800000, //        mov   w0, #0
      0xd65f03c0, //        ret
      0xd4200020, // other: brk   #1
    ].flatMap((word) => [...words(word)]),
  },
};

/** The function's machine code for a processor, from its first byte on. Any place that holds whole words will do. */
export function exchangeCode(architecture) {
  return Buffer.from(MACHINES[architecture].code);
}

/** What Node calls the processors for which there is a library. */
export const ARCHITECTURES = Object.keys(MACHINES);

const HEADER_BYTES = 64;
const SEGMENT_BYTES = 56;
// The largest page of either processor: no two segments may share one in memory.
const PAGE = 0x10000;
const READ = 4;
const WRITE = 2;
const EXECUTE = 1;

/** Little-endian, 16 bits each. */
function halves(...values) {
  return Buffer.from(values.flatMap((value) => [value & 0xff, value >>> 8]));
}

/** Little-endian, 32 bits each. */
function words(...values) {
  return Buffer.concat(values.map((value) => halves(value & 0xffff, value >>> 16)));
}

/** Little-endian, 64 bits each. */
function longs(...values) {
  return words(...values.flatMap((value) => [value, 0]));
}

/** The hash by which the loader compares the names of versions (System V ABI). */
function elfHash(name) {
  let hash = 0;
  for (const byte of Buffer.from(name)) {
    hash = ((hash << 4) + byte) >>> 0;
    const high = hash & 0xf0000000;
    hash = (hash ^ (high >>> 24)) & ~high;
  }
  return hash >>> 0;
}

/** A version that the library defines; `next` is the distance to the next one, 0 for the last. */
function versionDefinition({ flags, index, name, nameAt, next }) {
  return Buffer.concat([
    halves(1, flags, index, 1),
    words(elfHash(name), 20, next),
    words(nameAt, 0),
  ]);
}

function segment({ type, flags, offset, address, size, align }) {
  return Buffer.concat([words(type, flags), longs(offset, address, address, size, size, align)]);
}

/** Everything the loader reads but the table of where it is: `parts` by name, and their places. */
function layOut(code, start) {
  const strings = ['', LIBRARY, VERSION, FUNCTION];
  const nameAt = (name) => strings.slice(0, strings.indexOf(name)).join('\0').length + 1;
  const parts = {
    code: Buffer.from(code),
    symbols: (places) =>
      Buffer.concat([
        Buffer.alloc(24),
        // A global function in some section (0 would be: it is elsewhere).
        words(nameAt(FUNCTION)),
        Buffer.from([0x12, 0]),
        halves(1),
        longs(places.code, code.length),
      ]),
    strings: Buffer.from(`${strings.join('\0')}\0`),
    // One bucket, with symbol 1, after which there is none.
    hash: words(1, 2, 1, 0, 0),
    // Symbol 0 has no version, symbol 1 has version 2.
    versions: halves(0, 2),
    definitions: Buffer.concat([
      versionDefinition({ flags: 1, index: 1, name: LIBRARY, nameAt: nameAt(LIBRARY), next: 28 }),
      versionDefinition({ flags: 0, index: 2, name: VERSION, nameAt: nameAt(VERSION), next: 0 }),
    ]),
  };
  const places = {};
  const pieces = [];
  let at = start;
  for (const [name, part] of Object.entries(parts)) {
    const bytes = typeof part === 'function' ? part(places) : part;
    const padded = Buffer.concat([bytes, Buffer.alloc(-bytes.length & 7)]);
    places[name] = at;
    pieces.push(padded);
    at += padded.length;
  }
  return {
    bytes: Buffer.concat(pieces),
    places,
    soname: nameAt(LIBRARY),
    stringBytes: parts.strings.length,
  };
}

/**
 * The library.
 *
 * @param {string} architecture - one of {@link ARCHITECTURES}
 * @returns {Buffer} a shared object in ELF format, about a kilobyte
 */
export function libatomic(architecture) {
  const machine = MACHINES[architecture];
  const start = HEADER_BYTES + 4 * SEGMENT_BYTES;
  const { bytes, places, soname, stringBytes } = layOut(machine.code, start);
  const end = start + bytes.length;
  // DT_SONAME, HASH, STRTAB, SYMTAB, STRSZ, SYMENT, VERSYM, VERDEF, VERDEFNUM, and the end.
  const dynamic = [
    longs(
      14,
      soname,
      4,
      places.hash,
      5,
      places.strings,
      6,
      places.symbols,
      10,
      stringBytes,
      11,
      24,
    ),
    words(
      0x6ffffff0,
      0,
      places.versions,
      0,
      0x6ffffffc,
      0,
      places.definitions,
      0,
      0x6ffffffd,
      0,
      2,
      0,
    ),
    longs(0, 0),
  ];
  const table = Buffer.concat(dynamic);
  // The loader writes addresses into it, so it is in a page of its own.
  const inTable = { offset: end, address: PAGE + end, size: table.length, flags: READ | WRITE };
  const segments = [
    { type: 1, flags: READ | EXECUTE, offset: 0, address: 0, size: end, align: PAGE },
    { type: 1, ...inTable, align: PAGE },
    { type: 2, ...inTable, align: 8 },
    // PT_GNU_STACK: without it the loader would make every stack executable.
    { type: 0x6474e551, flags: READ | WRITE, offset: 0, address: 0, size: 0, align: 16 },
  ];
  const header = Buffer.concat([
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]),
    Buffer.alloc(9),
    halves(3, machine.id),
    words(1),
    longs(0, HEADER_BYTES, 0),
    words(0),
    halves(HEADER_BYTES, SEGMENT_BYTES, segments.length, 64, 0, 0),
  ]);
  return Buffer.concat([header, ...segments.map(segment), bytes, table]);
}
