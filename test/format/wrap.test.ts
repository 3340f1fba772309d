import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wrapCommand, wrapWords } from '../../src/format/wrap.ts';

test('words are kept whole', () => {
  expect(wrapWords('a bb ccc dddd', 4)).toEqual(['a bb', 'ccc', 'dddd']);
  expect(wrapWords('abcdefgh i', 4)).toEqual(['abcdefgh', 'i']);
  expect(wrapWords('', 4)).toEqual(['']);
  expect(wrapWords('→ → →', 3)).toEqual(['→ →', '→']);
});

/** The words that a shell makes of some lines. */
const wordsOf = (lines: readonly string[]) =>
  execFileSync('sh', ['-c', `printf '<%s>' ${lines.join('\n')}`], { encoding: 'utf8' });

describe('a command in several lines', () => {
  test('is left alone where it fits', () => {
    expect(wrapCommand('sysctl -w a=1', 80)).toEqual(['sysctl -w a=1']);
  });

  test('is broken behind commas', () => {
    expect(wrapCommand('sysctl -w a="1000-2000,3000,4000-5000"', 30)).toEqual([
      'sysctl -w a="1000-2000,3000,"\\',
      '"4000-5000"',
    ]);
  });

  test('does the same as in one, and has no line that is too long', () => {
    const ports = fc.array(fc.integer({ min: 1, max: 65_535 }), { minLength: 1, maxLength: 60 });
    const quote = fc.constantFrom('"', "'");
    fc.assert(
      fc.property(ports, quote, fc.integer({ min: 30, max: 80 }), (list, mark, width) => {
        const command = `sysctl -w ${mark}net.reserved=${list.join(',')}${mark} ${mark}a b${mark} >&1`;
        const lines = wrapCommand(command, width);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
        expect(wordsOf(lines)).toBe(wordsOf([command]));
      }),
      { numRuns: 30 },
    );
  });
});
