import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isKernelThread,
  parseCommand,
  parseOpenFilesLimits,
  parsePid,
  parseStartTime,
  parseSocketLink,
} from '../../src/kernel/proc-pid.ts';

describe('a link of /proc/PID/fd', () => {
  test.for([
    ['socket:[123]', 123],
    ['socket:[4294967295]', 4_294_967_295],
    ['socket:[4294967296]', undefined],
    ['socket:[99999999999]', undefined],
    ['socket:[0]', undefined],
    ['socket:[0123]', undefined],
    ['socket:[]', undefined],
    ['socket:[12', undefined],
    ['socket:[12]x', undefined],
    ['socket:[12]\n', undefined],
    ['socket:[-1]', undefined],
    ['socket:[1e3]', undefined],
    [' socket:[12]', undefined],
    ['/tmp/socket:[12]', undefined],
    ['socket:[12] (deleted)', undefined],
    ['pipe:[12]', undefined],
    ['anon_inode:[eventpoll]', undefined],
    ['/dev/null', undefined],
    ['', undefined],
  ] as const)('%j is the socket %j', ([target, inode]) => {
    expect(parseSocketLink(target)).toBe(inode);
  });

  test('every inode comes back, and no other text is one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0xffff_ffff }), (inode) => {
        expect(parseSocketLink(`socket:[${inode}]`)).toBe(inode);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const inode = parseSocketLink(text);
        if (inode !== undefined) expect(text).toBe(`socket:[${inode}]`);
      }),
    );
  });
});

test.for([
  ['1', 1],
  ['4194304', 4_194_304],
  ['0', undefined],
  ['01', undefined],
  ['self', undefined],
  ['1x', undefined],
  ['-1', undefined],
  ['', undefined],
] as const)('the entry %j of /proc is the process %j', ([name, pid]) => {
  expect(parsePid(name)).toBe(pid);
});

describe('the name of a process', () => {
  test.for([
    ['haproxy\n', 'haproxy'],
    ['nginx: worker\n', 'nginx: worker'],
    ['\n', ''],
    ['', ''],
    ['two\nlines\n', 'two\nlines'],
    ['\u001b[2J\u009b1m\n', '\u001b[2J\u009b1m'],
    ['\u202egnp.exe\n', '\u202egnp.exe'],
    ['naïve\n', 'naïve'],
  ] as const)('%j is %j', ([text, command]) => {
    expect(parseCommand(text)).toBe(command);
  });
});

test.for([
  ['2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0', true],
  ['9 (kworker/0:0H-ev (x) S) I 2 0 0 0 -1 69238880 0', true],
  ['812 (haproxy) S 1 812 812 0 -1 4194560 9 0', false],
  ['813 (a) S 1 0 0 0 -1 2129984) S 1 813 813 0 -1 4194560 9', false],
  ['', false],
  ['812 (haproxy', false],
] as const)('stat %j is that of a kernel thread: %j', ([stat, is]) => {
  expect(isKernelThread(stat)).toBe(is);
});

describe('the limits for open files', () => {
  const limits = (line: string) =>
    `Limit                     Soft Limit           Hard Limit           Units     \nMax cpu time              unlimited            unlimited            seconds   \n${line}\nMax msgqueue size         819200               819200               bytes     \n`;

  test.for([
    [
      limits('Max open files            1024                 524288               files     '),
      { limit: 1024, hardLimit: 524_288 },
    ],
    [
      limits('Max open files            unlimited            unlimited            files     '),
      { limit: Infinity, hardLimit: Infinity },
    ],
    ['Max open files 7 8', { limit: 7, hardLimit: 8 }],
    [
      limits('Max open files            many                 524288               files     '),
      undefined,
    ],
    [limits('Max open files            1024'), undefined],
    [
      limits('Max open files            -1                   -1                   files'),
      undefined,
    ],
    ['', undefined],
    ['\u001b[2J', undefined],
  ] as const)('of %j are %j', ([text, expected]) => {
    expect(parseOpenFilesLimits(text)).toEqual(expected);
  });

  test('of garbage are unknown, or numbers', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const found = parseOpenFilesLimits(`Max open files ${text}`);
        expect(found === undefined || found.limit >= 0).toBe(true);
      }),
    );
  });
});

test.each([
  [`1 (a) ${'0 '.repeat(19)}4711 0`, 4711],
  [`1 (a) b) 1 (c) ${'0 '.repeat(19)}4711 0`, 4711],
  ['1 (a) 0 0', undefined],
  [`1 (a) ${'0 '.repeat(19)}-1 0`, undefined],
  ['', undefined],
])('by the stat %j a process was started at %j', (stat, start) => {
  expect(parseStartTime(stat)).toBe(start);
});
