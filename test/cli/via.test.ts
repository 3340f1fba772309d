import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { Behaviour } from '../helpers/fake-peer.ts';
import { LAUNCHER } from '../helpers/launcher.ts';
import { processesWith } from '../helpers/processes-with.ts';

const PEER = join(import.meta.dirname, '../helpers/fake-peer.ts');

async function run(...args: string[]) {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [LAUNCHER, ...args]);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, stdout, stderr, tookMs: performance.now() - startedMs };
}

/** A process that was killed is there until the kernel has taken it apart; one that was not would stay for ever. */
const nothingIsLeft = (mark: string) =>
  vi.waitFor(() => expect(processesWith(mark)).toEqual([]), { timeout: 20_000 });

const NO_QUESTION =
  'No question can be answered here: use ssh -o BatchMode=yes with a key, sudo -n, and no -t';

describe.concurrent('a command that leads nowhere ends in a sentence within 30 s', () => {
  test.each<[Behaviour, string]>([
    ['stalls', 'sends no answer for 20 s'],
    ['stalls-later', 'sends no answer for 10 s'],
    [
      'drops',
      'ended with status 255: kex_exchange_identification: Connection closed by remote host',
    ],
    ['drops-in-answer', 'ended with status 0 in the middle of an answer'],
    ['garbage', 'sends no answer for 20 s: Last login: \\x1b]0;owned\\x07 never'],
    [
      'flood',
      'is of no use, as what comes is no answer of the script, and there is no end of it: y',
    ],
    ['lies-short', 'is of no use, as an answer is not as long as it says'],
    ['lies-long', 'is of no use, as an answer is not as long as it says'],
    ['longer-and-longer', 'is of no use, as an answer is longer than 64 MB'],
    ['asks', `sends no answer for 20 s: user@proxy-7's password:. ${NO_QUESTION}`],
    [
      'terminal',
      'sends no answer for 20 s. A terminal in between changes what is sent: leave out -t',
    ],
  ])('%s', async (behaviour, sentence) => {
    const mark = `--mark=${process.pid}-${behaviour}.`;
    const command = `'${process.execPath}' '${PEER}' ${behaviour} ${mark}`;
    const { status, stdout, stderr, tookMs } = await run('snapshot', '--via', command);
    expect(stderr).toMatch(/^ephtop: --via "[^"]+" [^\n]+\.\n$/);
    expect(stderr).toContain(`" ${sentence}.`);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(tookMs).toBeLessThan(30_000);
    await nothingIsLeft(mark);
  });

  test('a program that is not there', async () => {
    const { status, stderr } = await run('snapshot', '--via', 'no-such-program web');
    expect(stderr).toBe('ephtop: --via "no-such-program web" cannot be started: no such file.\n');
    expect(status).toBe(2);
  });

  test('a name that the kernel takes for no name, for a check too', async () => {
    const name = 'x'.repeat(5000);
    const [snapshot, check] = await Promise.all([
      run('snapshot', '--via', name),
      run('check', '--via', name),
    ]);
    expect(snapshot.stderr).toMatch(
      /^ephtop: --via "x{25}…x{34}" cannot be started: name too long\.\n$/,
    );
    expect(snapshot.status).toBe(2);
    expect(check.stdout).toMatch(
      /^EPHTOP UNKNOWN: --via "x{25}~x{34}" cannot be started: name too long\.\n$/,
    );
    expect(check.status).toBe(3);
    // Nothing waits for an answer that will not come.
    expect(Math.max(snapshot.tookMs, check.tookMs)).toBeLessThan(8000);
  });

  test('check is UNKNOWN with the reason, and leaves nothing behind when its time is over', async () => {
    const mark = `--mark=${process.pid}-check`;
    const command = `'${process.execPath}' '${PEER}' stalls ${mark}`;
    const { status, stdout } = await run('check', '--timeout', '3s', '--via', command);
    expect(stdout).toBe('EPHTOP UNKNOWN: no answer within 3 s\n');
    expect(status).toBe(3);
    await nothingIsLeft(mark);
  });
});

describe.concurrent('--via is refused in a sentence', () => {
  test.each([
    [['--proc', '/proc/1'], '--via and --proc name different places: give one of them.'],
    [['--source', 'netlink'], '--via reads procfs through a shell: leave out --source netlink.'],
    [
      ['--via', "ssh 'x"],
      `option '--via <command>' argument 'ssh 'x' is invalid. A ' has no other end.`,
    ],
    [['--via', ' '], `option '--via <command>' argument ' ' is invalid. The command is empty.`],
  ])('with %j', async (args, sentence) => {
    const { status, stderr } = await run('snapshot', '--via', 'sh', ...args);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr.replace(/ Try "[^"]+"\.\n$/, '\n')).toBe(`ephtop: ${sentence}\n`);
    expect(status).toBe(2);
  });
});

describe.concurrent('through a shell of this machine', () => {
  test('advise says what it says here', async () => {
    const { status, stdout, stderr } = await run('advise', '--via', 'sh');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('net.ipv4.ip_local_port_range');
  });

  test('check has a verdict', async () => {
    const { stdout } = await run('check', '--via', 'sh', '--warning', '100', '--critical', '100');
    expect(stdout).toMatch(/^EPHTOP \w+/);
    expect(stdout).not.toContain('UNKNOWN');
  });
});
