/** Nothing but ASCII leaves the program for --ascii, and in a locale that is not UTF-8. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { keepAscii } from '../../src/cli/ascii-output.ts';
import type { Format } from '../../src/cli/option-table.ts';
import { FIXTURE_PROC } from '../helpers/fixture.ts';

/** A machine whose outgoing connections belong to a process of a name that is not ASCII. */
const proc = mkdtempSync(join(tmpdir(), 'ephtop-ascii-'));
afterAll(() => rmSync(proc, { recursive: true }));
cpSync(FIXTURE_PROC, proc, { recursive: true });
mkdirSync(join(proc, '4711/fd'), { recursive: true });
writeFileSync(join(proc, '4711/comm'), 'pr\u00f4xy\u2192\n');
for (const fd of ['1415376', '1415378', '1415380', '1415382', '1415384'])
  symlinkSync(`socket:[${fd}]`, join(proc, '4711/fd', fd));

function ephtop(args: readonly string[], environment: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/ephtop.cjs', ...args], {
    env: { PATH: process.env['PATH'], ...environment },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const NOT_ASCII = /[^\p{ASCII}]/u;
const HERE = ['--proc', proc];

/** A command line, its exit status, and what has to be there so that the test is one. */
const LINES: readonly (readonly [args: readonly string[], status: number, shown: RegExp])[] = [
  [['snapshot', ...HERE], 0, /range 40000-40099 /],
  [['snapshot', '--format', 'json', ...HERE], 0, /"label"|"localAddress"/],
  [['snapshot', '--format', 'prometheus', ...HERE], 0, /^ephtop_up 1$/m],
  [HERE, 0, /HEADROOM/],
  [['advise', ...HERE], 0, / -> |[0-9]-[0-9]/],
  [['advise', '--format', 'json', ...HERE], 0, /\\u2013|\\u2192/],
  [['check', '-v', '-f', 'ok', ...HERE], 0, /^EPHTOP OK: /],
  [['check', '-w', 'é'], 3, /^EPHTOP UNKNOWN: .*'\\xe9' is invalid/],
  [['help'], 0, /^Usage: ephtop /],
  [['help', 'record'], 0, /^Usage: ephtop record /],
  [['demo', '--list'], 0, /burst/],
  [['completion', 'zsh'], 0, /^#compdef ephtop/],
  [['ünknown'], 2, /unknown command '\\xfcnknown'/],
  [['snapshot', '--proc', '/é→'], 2, /\/\\xe9->\/net\/tcp is not there/],
  [['replay', 'x'.repeat(2000)], 2, /x~x/],
  [['record', ...HERE, '-o', '/nowhere/é'], 2, /\/nowhere\/\\xe9/],
];

describe.each([
  ['LC_ALL=C', { LC_ALL: 'C' }, []],
  ['LANG=de_DE.ISO-8859-1', { LANG: 'de_DE.ISO-8859-1' }, []],
  ['--ascii', { LC_ALL: 'C.UTF-8' }, ['--ascii']],
] as const)('%s', (_, environment, option) => {
  test.each(LINES)('%j', (args, status, shown) => {
    const ended = ephtop([...args, ...option], environment);
    expect(ended.status).toBe(status);
    expect(ended.stdout + ended.stderr).toMatch(shown);
    expect(ended.stdout + ended.stderr).not.toMatch(NOT_ASCII);
  });
});

test('in UTF-8 they keep their characters, so that the lines above are a test', () => {
  const shown = LINES.map(([args]) => ephtop(args, { LC_ALL: 'C.UTF-8' }));
  const isForeign = shown.map(({ stdout, stderr }) => NOT_ASCII.test(stdout + stderr));
  expect(isForeign.filter(Boolean).length).toBeGreaterThanOrEqual(9);
});

test('a document in ASCII says the same', () => {
  const args = ['advise', '--format', 'json', ...HERE];
  const parsed = (locale: string) => {
    const { stdout } = ephtop(args, { LC_ALL: locale });
    return { ...(JSON.parse(stdout) as object), takenAt: '' };
  };
  expect(parsed('C')).toEqual(parsed('C.UTF-8'));
});

test('columns are measured as they are shown', () => {
  const { stdout } = ephtop(['snapshot', ...HERE], { LC_ALL: 'C' });
  const [, , , , ...rows] = stdout.trimEnd().split('\n');
  const [title = ''] = rows;
  const end = title.indexOf('USED') + 'USED'.length;
  expect(rows.length).toBeGreaterThan(2);
  for (const row of rows) expect(row.slice(0, end)).toMatch(/\S$/);
});

describe('a stream', () => {
  function written(format: Format | undefined, ...chunks: (string | Uint8Array)[]): unknown[] {
    const all: unknown[] = [];
    const stream = { write: (chunk: unknown) => all.push(chunk) > 0 };
    const setFormat = keepAscii(stream);
    setFormat(format);
    for (const chunk of chunks) stream.write(chunk);
    return all;
  }

  test.for([
    [undefined, 'a → é', String.raw`a -> \xe9`],
    ['table', '…', '~'],
    ['json', '"→ é 😀"', String.raw`"\u2192 \u00e9 \ud83d\ude00"`],
    ['prometheus', '{command="é→"}', String.raw`{command="\\xe9\\u{2192}"}`],
  ] as const)('of format %s writes %s as %s', ([format, text, ascii]) => {
    expect(written(format, text)).toEqual([ascii]);
  });

  test('leaves bytes as they are', () => {
    const bytes = new Uint8Array([0xff, 0x80]);
    expect(written('text', bytes)).toEqual([bytes]);
  });
});
