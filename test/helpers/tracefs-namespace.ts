/** Commands in network and mount namespaces of their own, where tracefs is mounted. */
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestContext } from 'vitest';

const run = promisify(execFile);

const TRACEFS = '/sys/kernel/tracing';
/** Most machines have it mounted there already; a second mount of the same is refused (EBUSY). */
const MOUNT = `{ mountpoint -q ${TRACEFS} || mount -t tracefs tracefs ${TRACEFS}; }`;

/** What to start with `unshare`, before the command. */
const APART = ['-mn', 'sh', '-c', `mount --make-rprivate / && ${MOUNT} && exec "$@"`, 'sh'];

/** Refusals are seen by all namespaces, and fill all rings: who makes thousands at once does so alone. */
type Company = 'alone' | 'beside others';
const LOCK = join(tmpdir(), 'ephtop-refusals.lock');

/** They hold rates against a client's, which is to keep its pace whatever else the machine does. */
const AHEAD = ['-n', '-5'];

/** The command line that runs a command apart. */
export function commandApart(
  command: readonly string[],
  company: Company,
): [file: string, args: string[]] {
  const lock = company === 'alone' ? '--exclusive' : '--shared';
  return ['nice', [...AHEAD, 'flock', lock, LOCK, 'unshare', ...APART, ...command]];
}

/** Runs a command apart, and returns its output. Throws where it fails. */
export async function apart(command: readonly string[], company: Company): Promise<string> {
  const [file, args] = commandApart(command, company);
  // A session of its own has a share of the processor of its own (sched_autogroup), as it has in a terminal.
  const { stdout } = await run('setsid', ['--wait', file, ...args], { maxBuffer: 1 << 28 });
  return stdout;
}

/** A `beforeEach` hook. As root the tests must run; the report says why where they cannot, and under CI that is a failure. */
export async function requireTracefs({ skip }: Pick<TestContext, 'skip'>): Promise<void> {
  try {
    await apart(['cat', `${TRACEFS}/events/sock/inet_sock_set_state/id`], 'beside others');
  } catch (error) {
    const message = `no tracefs in a namespace: ${error instanceof Error ? error.message : ''}`;
    if (process.env['CI'] || process.getuid?.() === 0)
      throw new Error(`the tests against the kernel must run, but there is ${message}`, {
        cause: error,
      });
    skip(message);
  }
}
