import { execFile, type ExecFileException, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { asPromised, DEMO_SCHEMA, SNAPSHOT_SCHEMA } from '../helpers/json-schema.ts';
import type { SnapshotDocument } from '../helpers/snapshot-document.ts';
import { copyOfFixtureProc, FIXTURE_PROC } from '../helpers/fixture.ts';
import { LAUNCHER } from '../helpers/launcher.ts';

const HERE = ['--proc', FIXTURE_PROC];

interface Ending {
  readonly code: ExecFileException['code'];
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; its output is no terminal. */
function run(file: string, args: readonly string[]): Promise<Ending> {
  return new Promise((resolve) => {
    execFile(file, args, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    );
  });
}

/** The program as `npm run build` has left it. */
const ephtop = (...args: string[]) => run(process.execPath, [LAUNCHER, ...args]);

async function snapshot(...args: string[]): Promise<SnapshotDocument> {
  const { code, stdout, stderr } = await ephtop('snapshot', '--format', 'json', ...HERE, ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return asPromised(SNAPSHOT_SCHEMA, JSON.parse(stdout) as SnapshotDocument);
}

const groupsOf = ({ groups }: SnapshotDocument) => groups.map((group) => group.localAddress);

describe('a wrong command line', () => {
  it.each([
    [['--bogus'], /unknown option '--bogus'/],
    [['bogus'], /unknown command 'bogus'/],
    [['snapshot', '--bogus'], /unknown option '--bogus'/],
    [['snapshot', 'bogus'], /too many arguments/],
    [['--interval'], /argument missing/],
    [
      ['--interval', '250'],
      /'250' is invalid\. Write a duration such as 250ms, 2s, 1m, 1h or 1d\./,
    ],
    [['--interval', '10ms'], /It must lie between 50ms and 1h\./],
    [['snapshot', '--interval', '2h'], /It must lie between 50ms and 1h\./],
    [['snapshot', '--count', '0'], /Write a whole number, 1 or more\./],
    [
      ['snapshot', '--format', 'xml'],
      /'xml' is invalid\. Allowed choices are table, json, prometheus/,
    ],
    [['--sort', 'color'], /Allowed choices are .*headroom/],
    [['--filter', 'ok port:http'], /word 2, "port:http": write a port or a range: port:8080/],
    [['snapshot', '--filter', 'headroom < 20%'], /word 2, "<": write comparisons without blanks/],
    [['record', '-o', ''], /argument '' is invalid\. The name is empty\./],
    [['--debug', ''], /argument '' is invalid\. The name is empty\./],
    [['--proc', ''], /argument '' is invalid\. The name is empty\./],
    [['replay', ''], /the name of the recording is empty\./],
    [['--debug', '-'], /Write the name of a file \(\.\/- for a file named -\)\./],
    [['--filter', 'owner:x '.repeat(126)], /write at most 1000 characters/],
    [['--theme', 'pink'], /Allowed choices are default, colour-blind, mono/],
    [['--source', 'tea-leaves'], /Allowed choices are auto/],
    [['snapshot', '--theme', 'mono'], /: "snapshot" cannot use --theme; it is for the live view/],
    [['--theme', 'mono', 'snapshot'], /: "snapshot" cannot use --theme; it is for the live view/],
    [['--count', '3'], /: the live view cannot use --count; it is for snapshot\.$/m],
    [['snapshot', '--max-groups', '3'], /: --max-groups is for --format prometheus\.$/m],
    [['snapshot', '--format', 'prometheus', '--count', '3'], / one sample, without --count\.$/m],
    [['snapshot', '--format', 'prometheus', '--sort', 'eta'], / first, without --sort\.$/m],
    [['exporter', '--listen', 'x'], /'x' is invalid\. Write address and port, such as/],
    [['exporter', '--max-groups', '0'], /Write a whole number, 1 or more\./],
    [['snapshot', '-w', '75'], /: "snapshot" cannot use --warning; it is for check\.$/m],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await ephtop(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^ephtop: [^\n]+\n$/);
    expect(stderr).toMatch(message);
  });
});

describe('100 kB of nonsense on the command line are not printed back whole', () => {
  const NONSENSE = 'x'.repeat(100_000);
  it.each<[string, string[], RegExp]>([
    ['a value', ['--interval', NONSENSE], /x' is invalid\. Write a duration .*--help"\.$/],
    ['a command', [NONSENSE], /x'\. Try "ephtop --help"\.$/],
    ['a file', ['replay', NONSENSE], /x cannot be opened: name too long\.$/],
    ['a file to write', ['record', ...HERE, '-o', NONSENSE], /x: name too long\.$/],
    ['the debug log', ['snapshot', '--debug', NONSENSE], /x: name too long\.$/],
  ])('%s', async (_, args, end) => {
    const { code, stdout, stderr } = await ephtop(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^ephtop: [^\n]*x…x[^\n]*\n$/);
    expect(stderr.trimEnd()).toMatch(end);
    expect(stderr.length).toBeLessThan(1100);
  });
});

describe('words about itself', () => {
  it.each([
    [['--help']],
    [['snapshot', '--help']],
    [['help']],
    [['help', 'snapshot']],
    [['--help', 'snapshot']],
    [['--ascii', 'snapshot', '-h']],
  ])('%j', async (args) => {
    const { code, stdout, stderr } = await ephtop(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: ephtop /);
    for (const option of ['--interval', '--filter', '--sort', '--no-color', '--ascii'])
      expect(stdout).toContain(option);
  });

  it.each([[['--version']], [['snapshot', '-V']]])('%j', async (args) => {
    const { version } = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
    ) as { version: string };
    expect(await ephtop(...args)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

test('the list of the demo is a document as well', async () => {
  const { code, stdout, stderr } = await ephtop('demo', '--list', '--format', 'json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(asPromised(DEMO_SCHEMA, JSON.parse(stdout))).toMatchObject({
    scenarios: [{ id: 'no-keep-alive' }, {}, {}, {}, {}, {}, {}],
  });
});

test("the README's lines install a completion in a new home", async () => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  const block = /\n```sh\n([^`]*ephtop completion [^`]*)```/.exec(readme)?.[1] ?? '';
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const script = `HOME=$1 node=$2 program=$3
ephtop() { "$node" "$program" "$@"; }
set -e
${block}`;
  const { code, stderr } = await run('sh', ['-c', script, 'sh', home, process.execPath, LAUNCHER]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const files = [
    '.local/share/bash-completion/completions/ephtop',
    '.zfunc/_ephtop',
    '.config/fish/completions/ephtop.fish',
  ];
  for (const file of files) expect(readFileSync(join(home, file), 'utf8')).toContain('snapshot');
});

describe('snapshot', () => {
  it('prints one table', async () => {
    const { code, stdout, stderr } = await ephtop('snapshot', ...HERE);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      / HEADROOM [^]*\n10\.0\.3\.7 +10\.0\.9\.21:8080 +\? +13 +89 +76 +85\.4% /,
    );
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  it('prints metrics, as many groups as asked one by one', async () => {
    const args = ['snapshot', '--format', 'prometheus', '--max-groups', '1', ...HERE];
    const { code, stdout, stderr } = await ephtop(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^# HELP ephtop_up [^\n]+\n# TYPE ephtop_up gauge\nephtop_up 1\n/);
    expect(stdout).toMatch(/\nephtop_groups_not_exported 2\n/);
    expect(stdout).toMatch(/\n$/);
  });

  it('prints as many JSON documents as asked, one a line', async () => {
    const args = ['--count', '3', '--interval', '50ms', '--format', 'json', ...HERE];
    const { code, stdout, stderr } = await ephtop('snapshot', ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.split('\n');
    expect(lines.pop()).toBe('');
    const documents = lines.map((line) => JSON.parse(line) as { schema: string; takenAt: string });
    expect(documents.map(({ schema }) => schema)).toEqual(Array(3).fill('ephtop.snapshot/1'));
    const times = documents.map(({ takenAt }) => takenAt);
    expect(times).toEqual([...new Set(times)].toSorted());
  });

  it('takes the common options in front of the command, too', async () => {
    const { stdout } = await ephtop('--filter', '::1', ...HERE, 'snapshot', '--format', 'json');
    expect(groupsOf(asPromised(SNAPSHOT_SCHEMA, JSON.parse(stdout) as SnapshotDocument))).toEqual([
      '::1',
    ]);
  });

  it.each([
    ['', ['10.0.3.7', '::1', '127.0.0.1']],
    ['9090', ['::1', '127.0.0.1']],
    ['9090 127', ['127.0.0.1']],
    ['nowhere', []],
  ])('--filter %j', async (words, groups) => {
    expect(groupsOf(await snapshot('--filter', words))).toEqual(groups);
  });

  it.each([
    ['headroom', ['10.0.3.7', '::1', '127.0.0.1']],
    ['group', ['10.0.3.7', '127.0.0.1', '::1']],
    ['closes', ['10.0.3.7', '::1', '127.0.0.1']],
  ])('--sort %s', async (column, groups) => {
    expect(groupsOf(await snapshot('--sort', column))).toEqual(groups);
  });

  it('ends quietly when nobody reads on', async () => {
    // More samples than the test has time for: only the closed pipe ends it.
    const script = '{ "$@"; echo "exit $?" >&2; } | head -1';
    const args = [
      'snapshot',
      '--count',
      '100000',
      '--interval',
      '50ms',
      '--format',
      'json',
      ...HERE,
    ];
    const ended = await run('sh', ['-c', script, 'sh', process.execPath, LAUNCHER, ...args]);
    expect(ended.stderr).toBe('exit 0\n');
    expect(ended.stdout).toMatch(/^\{"schema":[^\n]+\n$/);
  });
});

describe('without a terminal', () => {
  it('the live view prints one table, and says so', async () => {
    const { code, stdout, stderr } = await ephtop(...HERE);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^ephtop: no terminal[^\n]+\n$/);
    expect(stdout).toContain('HEADROOM');
  });
});

describe('a /proc without TCP', () => {
  it.each([[['snapshot']], [['snapshot', '--format', 'json']], [[]]])('%j', async (args) => {
    const proc = copyOfFixtureProc();
    rmSync(join(proc, 'net/tcp'));
    const { code, stdout, stderr } = await ephtop(...args, '--proc', proc);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const lines = stderr.split('\n').filter((line) => !line.includes('no terminal'));
    expect(lines).toEqual([expect.stringContaining(`${proc}/net/tcp is not there`), '']);
  });
});

describe('a machine that cannot be watched is not called healthy', () => {
  it.each([
    ['a file in place of procfs', '/etc/passwd'],
    ['a path with escape codes in it', '/no\npe\u001b[31m'],
  ])('%s', (_, mount) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['bin/ephtop.cjs', 'snapshot', '--proc', mount],
      { encoding: 'utf8' },
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^ephtop: \P{Cc}+ is not there: \P{Cc}+\n$/u);
  });
});
