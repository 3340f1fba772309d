import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { errorCode, failureReason, readPieces } from '../../src/source/read-file.ts';

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

const systemError = (code: string) => Object.assign(new Error(`${code}: words`), { code });

test.each([
  [systemError('ENOENT'), 'no such file'],
  [systemError('EACCES'), 'permission denied'],
  [systemError('EPERM'), 'permission denied'],
  [systemError('EISDIR'), 'EISDIR: words'],
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
