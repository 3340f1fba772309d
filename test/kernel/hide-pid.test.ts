import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { mayTraceAll, parseHidePid } from '../../src/kernel/hide-pid.ts';

const mount = (point: string, options: string, type = 'proc', tags = 'shared:12 ') =>
  `22 27 0:21 / ${point} rw,nosuid,relatime ${tags}- ${type} proc ${options}\n`;

describe('the options of a procfs', () => {
  it.each([
    ['rw', undefined],
    ['rw,hidepid=0', undefined],
    ['rw,hidepid=off', undefined],
    ['rw,hidepid=1', undefined],
    ['rw,gid=24,hidepid=noaccess', undefined],
    ['rw,hidepid=2', { mode: '2', group: 0 }],
    ['rw,hidepid=invisible', { mode: 'invisible', group: 0 }],
    ['rw,gid=24,hidepid=invisible', { mode: 'invisible', group: 24 }],
    ['rw,gid=24,hidepid=4', { mode: '4', group: undefined }],
    ['rw,gid=24,hidepid=ptraceable,subset=pid', { mode: 'ptraceable', group: undefined }],
  ])('%s', (options, expected) => {
    expect(parseHidePid(mount('/proc', options), '/proc')).toEqual(expected);
    expect(parseHidePid(mount('/proc', options, 'proc', ''), '/proc')).toEqual(expected);
  });

  it('are those of the mount that was asked for, and is on top', () => {
    const hidden = { mode: '2', group: 0 };
    const info =
      mount('/', 'rw', 'ext4') +
      mount('/proc', 'rw,hidepid=2') +
      mount('/host/the\\040proc', 'rw,hidepid=2') +
      mount('/proc', 'rw');
    expect(parseHidePid(info, '/proc')).toBeUndefined();
    expect(parseHidePid(info, '/host/the proc')).toEqual(hidden);
    expect(parseHidePid(info, '/host')).toBeUndefined();
    expect(parseHidePid(mount('/proc', 'rw,hidepid=2', 'tmpfs'), '/proc')).toBeUndefined();
  });

  test('of garbage are none', () => {
    const text = fc.string({ unit: fc.constantFrom(' ', '-', 'proc', '/', '\n', '=', ',', 'a') });
    fc.assert(
      fc.property(text, (info) => {
        expect(parseHidePid(info, '/proc')).toBeUndefined();
      }),
    );
  });
});

it.each([
  ['Name:\tnode\nCapPrm:\t000001ffffffffff\nCapEff:\t000001ffffffffff\nCapBnd:\t0\n', true],
  ['CapEff:\t0000000000080000\n', true],
  ['CapPrm:\t0000000000080000\nCapEff:\t0000000000000000\n', false],
  ['CapEff:\t000001fffff7ffff\n', false],
  ['CapEff:\tnone\n', false],
  ['', false],
])('may trace all others: %j is %s', (status, expected) => {
  expect(mayTraceAll(status)).toBe(expected);
});
