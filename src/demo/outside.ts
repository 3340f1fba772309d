import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { EXIT } from '../cli/exit-statuses.ts';
import { say } from '../cli/say.ts';
import { ownCommand } from '../source/program-parts.ts';
import { errorCode, failureReason } from '../source/read-file.ts';
import { SourceError } from '../source/source-error.ts';
import { ignoreStraySignals } from '../source/stray-signals.ts';
import { networkNamespace } from './stage-network.ts';

/** Of the inner program: the namespace outside, by which it knows that it is on the stage. */
export const STAGE_VARIABLE = 'EPHTOP_DEMO_OUTSIDE';
/** The inner program's end of the lifeline; the other one is closed when the outer program ends, however it does. */
export const LIFELINE = 3;
/** Exit status of the inner program that asks for a new stage. */
export const AGAIN = 100;

/*
 * The processes of the demo, each started by the one above it:
 *
 *   ephtop demo      outside; holds the lifeline, gives the terminal back where nobody else could
 *   unshare          makes the namespaces; its death is that of the next (--kill-child)
 *   sh               init of the PID namespace: when it ends, the kernel kills all that is left in there
 *   ephtop demo      on the stage: the view; ends with the lifeline
 *   upstream, proxy, clients
 *
 * unshare(1), as Node cannot make a user namespace for itself: the kernel refuses that to a process with threads (EINVAL).
 * It is of util-linux, which every Debian has, the slim one too.
 */
const NAMESPACES = ['--net', '--mount', '--pid', '--mount-proc', '--fork', '--kill-child'] as const;
/** For those who are not root: a user namespace, in which they are. */
const USER_NAMESPACE = ['--user', '--map-root-user'] as const;
/** The error output of the programs on the stage. That of unshare is not shown: when it is killed, it tells of its own signals. */
const ERRORS = 4;
/**
 * As the shell's last command it would take its place, and the view cannot be init: no signal stops that (Ctrl-Z). The
 * shell's own words are not shown: it says "Terminated" of a view that died of a signal.
 */
const INIT = ['sh', '-c', `(exec "$@" 2>&${ERRORS} ${ERRORS}>&-); exit $?`, 'sh'];

/** Runs this program again in namespaces of its own, until the user leaves. Throws SourceError where none can be made. */
export async function playOnStage(): Promise<void> {
  ignoreStraySignals();
  const flags = namespaceFlags();
  const program = ownCommand();
  for (;;) {
    const stage = spawn('unshare', [...flags, ...INIT, ...program], {
      stdio: ['inherit', 'inherit', 'ignore', 'pipe', process.stderr.fd],
      env: { ...process.env, [STAGE_VARIABLE]: networkNamespace() },
    });
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const status = await statusOf(stage);
    if (status === AGAIN) continue;
    process.exitCode = status;
    return;
  }
}

/** Exit statuses of a view that has given the terminal back: it ended as it should, or said why not. */
const OWN_STATUSES: ReadonlySet<number> = new Set([EXIT.help, EXIT.failure, AGAIN]);

/**
 * What ends a process that does not handle it, and can be handled: the view gives the terminal back before. But for
 * SIGPROF, which a handler would take from V8's profiler.
 */
const SIGNALS = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR2',
  'SIGABRT',
  'SIGALRM',
  'SIGVTALRM',
  'SIGXCPU',
  'SIGTRAP',
  'SIGSYS',
  'SIGIO',
  'SIGPWR',
  'SIGSTKFLT',
] as const;

/** The exit status of the stage. A signal to this program ends the stage first, which gives the terminal back. */
async function statusOf(stage: ChildProcess): Promise<number> {
  const lifeline = stage.stdio[LIFELINE];
  let received: NodeJS.Signals | undefined;
  const end = (signal: NodeJS.Signals) => {
    received = signal;
    lifeline?.destroy();
  };
  for (const signal of SIGNALS) process.on(signal, end);
  try {
    const [code, signal] = (await once(stage, 'exit')) as [number | null, NodeJS.Signals | null];
    const status = code ?? 128 + constants.signals[signal ?? 'SIGKILL'];
    if (received === undefined && !OWN_STATUSES.has(status)) {
      restoreTerminal();
      sayKilled(status);
    }
    return received === undefined ? status : 128 + constants.signals[received];
  } finally {
    lifeline?.destroy();
    for (const signal of SIGNALS) process.off(signal, end);
  }
}

/** What a view leaves behind that was killed: the alternate screen, a hidden cursor, lines cut, and reports of all kinds. */
const MODES_OFF =
  '\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?2031l\x1b[?1049l\x1b[?7h\x1b[?25h';

/** Nobody else can say it: what is on the stage has ended with the part that was killed. */
function sayKilled(status: number): void {
  const by = status > 128 ? ` (signal ${status - 128})` : '';
  say(`the demo is over, as a part of its stage was killed${by}. Nothing of it is left.`);
}

function restoreTerminal(): void {
  if (!process.stdin.isTTY) return;
  process.stdout.write(MODES_OFF);
  spawnSync('sh', ['-c', FORGET_ANSWERS], { stdio: ['inherit', 'ignore', 'ignore'] });
}

/** What the terminal still answers to the view that asked it would else stand in the shell's line. */
const FORGET_ANSWERS = 'stty raw -echo min 0 time 2; cat; stty sane';

/** The flags with which unshare can make the namespaces here. Throws SourceError with what to do if there are none. */
function namespaceFlags(): readonly string[] {
  const withUser = [...USER_NAMESPACE, ...NAMESPACES];
  // Root of a container may have no right but that of a user.
  const choices: readonly (readonly string[])[] =
    process.geteuid?.() === 0 ? [NAMESPACES, withUser] : [withUser];
  const refusals: string[] = [];
  for (const flags of choices) {
    const { error, status, stderr } = spawnSync('unshare', [...flags, 'true'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    if (error !== undefined) throw unstartable(error);
    if (status === 0) return flags;
    // After the first line, others tell how it is used.
    refusals.push(stderr.trim().split('\n')[0] ?? '');
  }
  throw new SourceError(refusalText(refusals[0] ?? ''));
}

function unstartable(error: Error): SourceError {
  const reason = errorCode(error) === 'ENOENT' ? 'install util-linux' : failureReason(error);
  return new SourceError(
    `the demo makes its namespaces with unshare, which cannot be started: ${reason}.`,
  );
}

/** Why no namespace can be made. */
function refusalText(said: string): string {
  if (process.geteuid?.() === 0)
    return `the demo needs namespaces of its own, and this system refuses them to root too (${said}): in a container, start that with --privileged.`;
  const reason =
    setting('user/max_user_namespaces') === '0'
      ? 'user.max_user_namespaces is 0'
      : setting('kernel/apparmor_restrict_unprivileged_userns') === '1'
        ? 'kernel.apparmor_restrict_unprivileged_userns is 1'
        : setting('kernel/unprivileged_userns_clone') === '0'
          ? 'kernel.unprivileged_userns_clone is 0'
          : said;
  return `the demo needs namespaces of its own, which this system refuses to users (${reason}): run it as root.`;
}

function setting(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
