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

/** The words that a shell makes of each command; a shell for all of them, as most of its time is its start. */
function wordsOf(commands: readonly string[]): string[] {
  const script = commands.map((command) => `printf '<%s>' ${command}\necho`).join('\n');
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trimEnd().split('\n');
}

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
    const wrapped = fc.tuple(ports, quote, fc.integer({ min: 30, max: 80 }));
    fc.assert(
      fc.property(fc.array(wrapped, { minLength: 30, maxLength: 30 }), (cases) => {
        const commands = cases.map(
          ([list, mark]) =>
            `sysctl -w ${mark}net.reserved=${list.join(',')}${mark} ${mark}a b${mark} >&1`,
        );
        const inLines = commands.map((command, index) => {
          const [, , width = 0] = cases[index] ?? [];
          const lines = wrapCommand(command, width);
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
          return lines.join('\n');
        });
        expect(wordsOf(inLines)).toEqual(wordsOf(commands));
      }),
      { numRuns: 1 },
    );
  });
});
