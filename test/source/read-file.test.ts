import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type * as FileSystem from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { rawText } from '../../src/kernel/foreign-text.ts';

/** A file that is like a sysctl's list: read(2) from anywhere but its start says that it has ended. */
let listFile: string | undefined;
/** What reads of a file of procfs give, one after the other; always more, once they are over. */
let tableReads: number[] | undefined;

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof FileSystem>();
  let openList: number | undefined;
  return {
    ...fs,
    openSync(path: string, flags: number) {
      const file = fs.openSync(path, flags);
      openList = path === listFile ? file : undefined;
      return file;
    },
    readSync(file: number, buffer: Buffer, offset: number, length: number, position: number) {
      if (file === openList && position !== 0) return 0;
      if (tableReads !== undefined) return Math.min(length, tableReads.shift() ?? 300);
      return fs.readSync(file, buffer, offset, length, position);
    },
  };
});

// Other tests may have loaded it with the real node:fs.
vi.resetModules();
const { errorCode, failureReason, readPieces, readText } =
  await import('../../src/source/read-file.ts');

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ephtop-read-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function fileOf(content: string): string {
  const path = join(directory, 'file');
  writeFileSync(path, content, 'latin1');
  return path;
}

/** Reads whole lines with a buffer of `size` bytes. */
function readLines(path: string, size: number) {
  const buffer = new Uint8Array(size);
  let lines = '';
  const left = readPieces(path, buffer, (end) => {
    const used = buffer.subarray(0, end).lastIndexOf(0x0a) + 1;
    lines += Buffer.from(buffer.subarray(0, used)).toString('latin1');
    return used;
  });
  return { lines, left: Buffer.from(buffer.subarray(0, left)).toString('latin1') };
}

describe('readPieces', () => {
  it('says when it reads of a file that is written meanwhile, and not of a copy', () => {
    const timesTold = (path: string) => {
      let told = 0;
      readPieces(
        path,
        new Uint8Array(1 << 20),
        (end) => end,
        () => told++,
      );
      return told;
    };
    // The second time finds the end.
    expect(timesTold('/proc/self/status')).toBe(2);
    expect(timesTold(fileOf(rawText(readText('/proc/self/status'))))).toBe(0);
  });

  it.each([
    ['its last page', [4050, 3900, 4050, 1500], [4050, 3900, 4050, 1500]],
    ['a page that is nearly full', [4050, 4050, 3538, 300], [4050, 4050, 3538, 300]],
    ['a page that is not', [4050, 4050, 3537, 300], [4050, 4050, 3537]],
    ['what has been added to a small one', [1500, 900, 800], [1500, 900]],
    ['its end', [1500, 0, 800], [1500]],
  ])('ends a table that grows while it is read with %s', (_, reads, wanted) => {
    tableReads = [...reads];
    const path = '/proc/self/status';
    const taken: number[] = [];
    readPieces(path, new Uint8Array(65_536), (end) => {
      taken.push(end);
      return end;
    });
    tableReads = undefined;
    expect(taken).toEqual(wanted);
  });

  it.each([
    ['', '', ''],
    ['a\n', 'a\n', ''],
    ['a\nbc', 'a\n', 'bc'],
    ['bc', '', 'bc'],
    ['one\ntwo\nthree\nfour\n', 'one\ntwo\nthree\nfour\n', ''],
  ])('%j', (content, lines, left) => {
    expect(readLines(fileOf(content), 8)).toEqual({ lines, left });
  });

  it('gives up a line that is longer than the buffer', () => {
    expect(readLines(fileOf('ok\n12345678901\nnever read\n'), 8)).toEqual({
      lines: 'ok\n',
      left: '12345678',
    });
  });

  it('loses and doubles nothing, whatever the sizes', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 20 });
    fc.assert(
      fc.property(fc.array(line), line, fc.integer({ min: 22, max: 64 }), (rows, last, size) => {
        const lines = rows.map((row) => `${row}\n`).join('');
        expect(readLines(fileOf(lines + last), size)).toEqual({ lines, left: last });
      }),
    );
  });

  it('throws what the system says', () => {
    expect(() => readLines(join(directory, 'missing'), 8)).toThrow(/ENOENT/);
    expect(() => readLines(directory, 8)).toThrow(/EISDIR/);
  });
});

describe('readText', () => {
  // 4 KiB is the first attempt, 256 KiB the last.
  it.each([0, 1, 4095, 4096, 4097, 8192, 200_000, 262_143])('%i bytes', (length) => {
    const content = 'x'.repeat(length);
    expect(readText(fileOf(content)) === content).toBe(true);
  });

  it('refuses what is longer than any list of ports', () => {
    expect(() => readText(fileOf('x'.repeat(262_144)))).toThrow('longer than 262144 bytes');
  });

  it('leaves nothing of a longer text behind a shorter one', () => {
    readText(fileOf('long '.repeat(2000)));
    expect(readText(fileOf('äö'))).toBe(Buffer.from('äö', 'latin1').toString('utf8'));
  });

  it('gets a list that the kernel gives only from its start', () => {
    // The longest there is: each second port.
    const ports = Array.from({ length: 32_768 }, (_, index) => index * 2).join(',');
    listFile = fileOf(`${ports}\n`);
    expect(readText(listFile) === `${ports}\n`).toBe(true);
  });
});

describe('what is not a regular file is refused, and not waited for', () => {
  const fifo = () => {
    const path = join(directory, 'fifo');
    if (!existsSync(path)) execFileSync('mkfifo', [path]);
    return path;
  };
  it.each([
    ['a FIFO', fifo],
    ['an endless device', () => '/dev/zero'],
  ])('%s', (_, pathOf) => {
    expect(() => readText(pathOf())).toThrow('not a regular file');
    expect(() => readLines(pathOf(), 8)).toThrow('not a regular file');
  });

  it('a directory says what it is', () => {
    expect(() => readText(directory)).toThrow(/EISDIR/);
  });
});

const systemError = (code: keyof typeof constants.errno) =>
  Object.assign(new Error(`${code}: words, open '/a/long/path'`), {
    code,
    errno: -constants.errno[code],
  });

test.each([
  [systemError('ENOENT'), 'no such file'],
  [systemError('EACCES'), 'permission denied'],
  [systemError('EPERM'), 'permission denied'],
  [systemError('EISDIR'), 'it is a directory'],
  [systemError('ELOOP'), 'too many symbolic links encountered'],
  [systemError('EFBIG'), 'a file may not grow that large here (ulimit -f)'],
  [systemError('EMFILE'), 'no file descriptor is left: raise ulimit -n'],
  [systemError('ENFILE'), 'the machine has no file descriptor left: raise fs.file-max'],
  [new Error('plain'), 'plain'],
  ['thrown text', 'thrown text'],
])('why: %s', (error, reason) => expect(failureReason(error)).toBe(reason));

test.each([
  [systemError('ENOENT'), 'ENOENT'],
  [new Error('plain'), undefined],
  [Object.assign(new Error('number'), { code: 7 }), undefined],
  [{ code: 'ENOENT' }, undefined],
  [undefined, undefined],
])('code: %s', (error, code) => expect(errorCode(error)).toBe(code));
