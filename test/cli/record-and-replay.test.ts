import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { FIXTURE_PROC } from '../helpers/fixture.ts';
import { LAUNCHER } from '../helpers/launcher.ts';
import { ipv4Row, printRow } from '../helpers/proc-net-tcp-rows.ts';
import { newPath, splitMembers } from '../helpers/recordings.ts';

const HERE = ['--proc', FIXTURE_PROC];

interface Ending {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Starts the built program; `stderr` is what it said so far. */
function start(args: readonly string[], cwd?: string) {
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => stdout.push(data));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const said = async (text: RegExp) => {
    while (!text.test(stderr)) await once(child.stderr, 'data');
  };
  const ended: Promise<Ending> = once(child, 'close').then(([code]: (number | null)[]) => ({
    code: code ?? null,
    stdout: Buffer.concat(stdout),
    stderr,
  }));
  return { child, said, ended };
}

const ephtop = (...args: string[]) => start(args).ended;

const linesOf = (bytes: Buffer) => gunzipSync(bytes).toString().trimEnd().split('\n');

describe('record', () => {
  it('writes samples for a time, says where and how many, and ends with 0', async () => {
    const path = newPath();
    const { code, stdout, stderr } = await ephtop(
      'record',
      ...HERE,
      '-o',
      path,
      '--duration',
      '1s',
    );
    expect({ code, stdout: stdout.length }).toEqual({ code: 0, stdout: 0 });
    const [first, last] = stderr.trimEnd().split('\n');
    expect(first).toBe(`ephtop: recording to ${path} every 250ms; for 1 s, or until Ctrl-C.`);
    const samples = linesOf(readFileSync(path)).length - 1;
    expect(samples).toBeGreaterThanOrEqual(2);
    expect(last).toMatch(
      new RegExp(
        `^ephtop: recorded ${samples} samples, .*B; look at it with: ephtop replay ${path}$`,
      ),
    );
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ends with 0 on %s', async (signal) => {
    const path = newPath();
    const { child, said, ended } = start(['record', ...HERE, '-o', path]);
    await said(/recording to .* Ctrl-C ends it\.\n/);
    child.kill(signal);
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/ephtop: recorded \d+ samples?, /);
    expect(linesOf(readFileSync(path)).length).toBeGreaterThanOrEqual(2);
  });

  it('says once that the CPU budget allows fewer samples than asked for', async () => {
    const path = newPath();
    const asked = ['--interval', '50ms', '--cpu-budget', '1%'];
    const { child, said, ended } = start(['record', ...HERE, ...asked, '-o', path]);
    await said(/fewer samples.*\n/);
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    expect(stderr.match(/^ephtop: fewer samples than asked for: .*$/gm)).toEqual([
      expect.stringMatching(
        /the CPU budget of 1\.0% allows one every [\d.]+m?s \(--cpu-budget allows more\)\.$/,
      ),
    ]);
  });

  it('goes on after a hangup where nohup started it', async () => {
    const path = newPath();
    const words = [process.execPath, LAUNCHER, 'record', ...HERE, '-o', path, '--interval', '50ms'];
    const shell = spawn('bash', ['-c', 'nohup "$@" & echo $!; wait $!', 'bash', ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(shell, 'close');
    const pid = Number(String((await once(shell.stdout, 'data'))[0]));
    let stderr = '';
    while (!stderr.includes('recording to'))
      stderr += String((await once(shell.stderr, 'data'))[0]);
    const { size } = statSync(path);
    process.kill(pid, 'SIGHUP');
    await expect.poll(() => statSync(path).size, { timeout: 20_000 }).toBeGreaterThan(size);
    process.kill(pid, 'SIGINT');
    expect((await ended)[0]).toBe(0);
  });

  it('ends where its file is removed, for nobody could read it', async () => {
    const path = newPath();
    const { said, ended } = start(['record', ...HERE, '-o', path]);
    await said(/recording to .* Ctrl-C ends it\.\n/);
    rmSync(path);
    const { code, stderr } = await ended;
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(
      'ephtop: The recording ended: the file was removed; nothing was kept.',
    );
  });

  it('says so where its file was renamed, and names no command for what is not there', async () => {
    const path = newPath();
    const { child, said, ended } = start(['record', ...HERE, '-o', path]);
    await said(/recording to .* Ctrl-C ends it\.\n/);
    renameSync(path, `${path}.1`);
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    expect(stderr).toContain(`, but ${path} was renamed meanwhile.\n`);
    expect(stderr).not.toContain('look at it with');
    expect(linesOf(readFileSync(`${path}.1`)).length).toBeGreaterThanOrEqual(2);
  });

  it('names the file after host and time where it is not told', async () => {
    const directory = join(newPath(), '..');
    const before = new Set(readdirSync(directory));
    const { ended } = start(['record', ...HERE, '--duration', '100ms'], directory);
    expect((await ended).code).toBe(0);
    const [made, ...others] = readdirSync(directory).filter((name) => !before.has(name));
    expect(made).toMatch(/^ephtop-[\w.-]+-\d{8}T\d{6}Z\.eph\.gz$/);
    expect(others).toEqual([]);
  });

  it('writes to stdout for -', async () => {
    const { code, stdout, stderr } = await ephtop('record', ...HERE, '-o-', '--duration', '100ms');
    expect(code).toBe(0);
    expect(linesOf(stdout)[0]).toMatch(/^\{"schema":"ephtop\.recording\/1"/);
    expect(stderr).toMatch(/ephtop: recorded \d+ samples?, .* to stdout\.?\n$/);
  });

  it('does not write over a file', async () => {
    const path = newPath();
    writeFileSync(path, 'precious');
    const { code, stderr } = await ephtop('record', ...HERE, '-o', path);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `ephtop: cannot record to ${path}: the file exists already, and is not overwritten; choose another name.\n`,
    });
    expect(readFileSync(path, 'utf8')).toBe('precious');
  });

  it.each([
    [['-o', '/proc/nonexistent/x'], /cannot record to \/proc\/nonexistent\/x: no such file\.\n$/],
    [['-o', '/proc/x'], /cannot record to \/proc\/x: /],
    [['--duration', '5'], /'5' is invalid\. Write a duration such as 250ms, 2s, 1m, 1h or 1d\./],
    [['--duration', '0s'], /must be more than 0/],
    [['extra'], /too many arguments/],
  ])('%j is refused in a line', async (args, message) => {
    const { code, stdout, stderr } = await ephtop('record', ...HERE, ...args);
    expect({ code, stdout: stdout.length }).toEqual({ code: 2, stdout: 0 });
    expect(stderr).toMatch(/^ephtop: [^\n]+\n$/);
    expect(stderr).toMatch(message);
  });
});

describe('replay without a terminal', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ephtop-replay-'));
  const path = join(directory, 'recorded.eph.gz');
  beforeAll(async () => {
    await ephtop('record', ...HERE, '-o', path, '--duration', '500ms');
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('prints the last sample as one table, and says so', async () => {
    const { code, stdout, stderr } = await ephtop('replay', path);
    expect(code).toBe(0);
    expect(stderr).toBe(
      'ephtop: no terminal to draw on, so here is the last sample of the recording.\n',
    );
    expect(stdout.toString()).toMatch(/36 sockets by replay of procfs in /);
    expect(stdout.toString()).toMatch(/^10\.0\.3\.7 +10\.0\.9\.21:8080 .* 85\.4% /m);
  });

  it('filters and sorts', async () => {
    const options = ['--filter', 'port:9090', '--sort', 'live'];
    const { code, stdout } = await ephtop('replay', path, ...options);
    expect(code).toBe(0);
    const rows = stdout.toString().split('\n').slice(5, -1);
    expect(rows.map((row) => row.split(/ +/)[1])).toEqual(['[::1]:9090', '127.0.0.1:9090']);
  });

  it('prints what is left of a recording that was cut, and says that it was', async () => {
    const whole = readFileSync(path);
    const [header] = splitMembers(whole);
    const half = whole.subarray(header?.length, (header?.length ?? 0) + 60);
    const cut = newPath();
    writeFileSync(cut, Buffer.concat([whole, half]));
    const { code, stdout, stderr } = await ephtop('replay', cut);
    expect(code).toBe(0);
    expect(stderr).toContain(`ephtop: ${cut} was cut off: its last 60 bytes are no whole piece`);
    expect(stdout.toString()).toContain('85.4%');
  });

  it.each([
    [['-'], /stdin: write it to a file, and replay that/],
    [['/proc/nonexistent'], /^ephtop: \/proc\/nonexistent cannot be opened: no such file\.\n$/],
    [[LAUNCHER], /is no recording of ephtop/],
    [[], /missing required argument 'file'/],
    [['a', 'b'], /too many arguments/],
  ])('%j is refused in a line', async (args, message) => {
    const { code, stdout, stderr } = await ephtop('replay', ...args);
    expect({ code, stdout: stdout.length }).toEqual({ code: 2, stdout: 0 });
    expect(stderr).toMatch(/^ephtop: [^\n]+\n$/);
    expect(stderr).toMatch(message);
  });
});

test.each([
  ['record', '-o', '-'],
  ['snapshot', '--format', 'json'],
])('%s: a disk that is full is told in a line where stdout goes to it', (...args) => {
  const full = openSync('/dev/full', 'w');
  const stdio = ['ignore', full, 'pipe'] as const;
  const { status, stderr } = spawnSync(process.execPath, [LAUNCHER, ...args, ...HERE], {
    stdio: [...stdio],
    encoding: 'utf8',
  });
  closeSync(full);
  expect(status).toBe(2);
  expect(stderr.replace(/^ephtop: recording to .*\n/, '')).toBe(
    'ephtop: cannot write to stdout: no space is left on the disk.\n',
  );
});

test('a program that is killed leaves what it had written a second before', async () => {
  const path = newPath();
  const { child, ended } = start(['record', ...HERE, '-o', path]);
  while (!existsSync(path) || statSync(path).size === 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGKILL');
  await ended;
  const { code, stdout } = await ephtop('replay', path);
  expect(code).toBe(0);
  expect(stdout.toString()).toContain('85.4%');
});

test.each([
  ['snapshot', '--format', 'json', '--count', '100000'],
  ['record', '-o', '-'],
])('%s into a pipe that nobody reads waits for the reader', async (...args) => {
  const log = newPath();
  // As many groups as fill a pipe with a few samples.
  const child = spawn(
    process.execPath,
    [LAUNCHER, ...args, '--interval', '50ms', '--debug', log, '--proc', manyGroups()],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  child.stdout.pause();
  const samples = () =>
    existsSync(log) ? (readFileSync(log, 'utf8').match(/ (?:sample|output): /g) ?? []).length : 0;
  const settled = async () => {
    for (let last = -1; samples() !== last || last === 0;) {
      last = samples();
      await new Promise((resolve) => setTimeout(resolve, 1500));
    }
    return samples();
  };
  const waiting = await settled();
  expect(waiting).toBeGreaterThan(0);
  child.stdout.resume();
  while (samples() <= waiting) await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill('SIGKILL');
});

/** A /proc with 2,000 groups. */
function manyGroups(): string {
  const proc = join(newPath(), '..', 'proc');
  cpSync(FIXTURE_PROC, proc, { recursive: true });
  const rows = Array.from({ length: 2000 }, (_, group) =>
    printRow(ipv4Row({ remote: [0x0a01_0000 + group], localPort: 40_000 + (group % 100) })),
  );
  chmodSync(join(proc, 'net/tcp'), 0o644);
  appendFileSync(join(proc, 'net/tcp'), rows.join(''));
  return proc;
}

test.each([
  [['record', '--ring', '24h', '-o', '-'], '--ring needs files: use "-o FILE", or leave -o out.'],
  [
    ['record', '--dump-on', 'critical', '-o', 'x.eph.gz'],
    '--dump-on names a file for each incident by itself: leave -o out, or add --ring.',
  ],
  [['replay', 'x.eph.gz', '--size', '80x24'], '--size is for --cast.'],
  [
    ['replay', 'x.eph.gz', '--cast', 'x.cast', '--format', 'json'],
    '--cast has a format of its own: leave --format out.',
  ],
])('%j is refused in a line', async (args, sentence) => {
  const { code, stdout, stderr } = await ephtop(...args);
  expect({ code, stdout: stdout.toString(), stderr }).toEqual({
    code: 2,
    stdout: '',
    stderr: `ephtop: ${sentence}\n`,
  });
});

describe('what else is made of a recording', () => {
  it('is told of a file that is none, or is not there', async () => {
    const letter = newPath();
    writeFileSync(letter, 'Dear reader');
    for (const command of ['report', 'anonymize'])
      for (const [path, reason] of [
        [letter, 'is no recording of ephtop'],
        [newPath(), 'no such file'],
      ] as const) {
        const { code, stdout, stderr } = await ephtop(command, path);
        expect({ code, stdout: stdout.length }).toEqual({ code: 2, stdout: 0 });
        expect(stderr).toContain(reason);
        expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      }
  });

  it('is made of what is left of a damaged one, and nothing is overwritten', async () => {
    const path = newPath();
    await ephtop('record', ...HERE, '-o', path, '--duration', '3s');
    const members = splitMembers(readFileSync(path));
    const bytes = Buffer.concat(members);
    const at = (members[0]?.length ?? 0) + (members[1]?.length ?? 0) + 60;
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    writeFileSync(path, bytes);
    const copy = newPath();
    const cast = newPath();
    expect((await ephtop('anonymize', path, '-o', copy)).stderr).toContain('is damaged from byte');
    expect((await ephtop('report', path)).stdout.toString()).toContain('is damaged from byte');
    expect((await ephtop('replay', path, '--cast', cast)).stderr).toContain('is damaged from byte');
    expect((await ephtop('report', copy)).stdout.toString()).not.toContain('damaged');
    for (const args of [
      ['anonymize', path, '-o', copy],
      ['replay', path, '--cast', cast],
    ]) {
      const { code, stderr } = await ephtop(...args);
      expect(code).toBe(2);
      expect(stderr).toContain('overwritten');
    }
  });
});
