import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanFileRanges } from '../../src/kernel/memory-map.ts';

function mapping(first: string, anonymousKb = 0): string {
  const fields = ['Size:               4280 kB', 'Rss:                4280 kB'];
  return `${[first, ...fields, `Anonymous:      ${anonymousKb} kB`, 'VmFlags: rd mr mw me sd '].join('\n')}\n`;
}

const FILE = 'fe:00 1234                              /usr/bin/node';

test.for([
  ['read only, of a file', mapping(`00400000-0082e000 r--p 00000000 ${FILE}`), 1],
  ['code', mapping(`00400000-0082e000 r-xp 00000000 ${FILE}`), 1],
  ['without a name of its own', mapping('00400000-0082e000 r--p 00000000 fe:00 1234 '), 1],
  ['that may be written', mapping(`00400000-0082e000 rw-p 00000000 ${FILE}`), 0],
  ['shared', mapping(`00400000-0082e000 r--s 00000000 ${FILE}`), 0],
  ['not to be touched', mapping(`00400000-0082e000 ---p 00000000 ${FILE}`), 0],
  ['of no file', mapping('00400000-0082e000 r-xp 00000000 00:00 0 '), 0],
  ['of the kernel', mapping('00400000-0082e000 r-xp 00000000 00:00 0      [vdso]'), 0],
  ['that has pages of its own', mapping(`00400000-0082e000 r--p 00000000 ${FILE}`, 4), 0],
  ['cut', `00400000-0082e000 r--p 00000000 ${FILE}\nSize: 4 kB\n`, 0],
  ['of other text', 'nonsense', 0],
] as const)('a mapping %s', ([, smaps, count]) => {
  const range = { start: 0x40_0000n, length: 0x42_e000n };
  expect(cleanFileRanges(smaps)).toEqual(count === 1 ? [range] : []);
});

test('each mapping by its own fields, up to the end of the address space', () => {
  const dirty = mapping(`00400000-00500000 r--p 00000000 ${FILE}`, 8);
  const clean = mapping(`7f9996044000-ffffffffff600000 r-xp 00001000 ${FILE}`);
  const range = { start: 0x7f_9996_0440_00n, length: 0xffff_ffff_ff60_0000n - 0x7f_9996_0440_00n };
  expect(cleanFileRanges(dirty + clean + dirty)).toEqual([range]);
});

test('garbage is passed over', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(cleanFileRanges(text)).toEqual([]);
    }),
  );
});
