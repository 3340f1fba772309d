import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { programPath } from './compile.ts';
import { LineProcess } from './line-process.ts';
import { parseTimeWaitCount } from './proc-text.ts';
import type { Contender, RoundsOrder, RoundsResult } from './protocol.ts';
import { median } from './statistics.ts';
import { isInstalled, PIPELINE } from './tools.ts';
import { LAUNCHER, viewerEnvironment } from './viewer.ts';

/**
 * Gives a contender its turn, and returns what a reading took, in ms: the median where it stays in memory
 * and had time for several.
 */
type Stopwatch = Disposable & { turn(leastMs: number): Promise<number> };

const RUNNER = fileURLToPath(import.meta.resolve('./reading-runner.ts'));

/** TIME_WAIT lasts 60 s; a round must be over before the first socket ends. */
const LAST_MS = 59_000;

/** Which tool has to be there, besides what Node brings. */
const NEEDED_TOOL: Partial<Record<Contender, string>> = {
  ss: 'ss',
  'ss | awk': 'ss',
  netstat: 'netstat',
};

/**
 * Times the contenders one after the other, round by round, so that a busy minute of the machine hits all
 * of them alike. `populatedMs` is when the sockets began to be made.
 */
export async function timeReadings(
  { contenders, rounds, turnMs, warmUpMs }: RoundsOrder,
  directory: string,
  populatedMs: number,
): Promise<RoundsResult> {
  const missing = contenders.filter((name) => !isInstalled(NEEDED_TOOL[name]));
  const present = contenders.filter((name) => !missing.includes(name));
  const start = countTimeWaits();
  using stopwatches = new DisposableStack();
  const field = present.map((name) => ({
    name,
    times: [] as number[],
    watch: stopwatches.use(openStopwatch(name, directory)),
  }));
  // A program that stays is measured as it is after a while: code compiled, memory in place.
  for (const { watch } of field) await watch.turn(warmUpMs);

  let longestRoundMs = 0;
  for (let round = 0; round < rounds; round++) {
    const startedMs = performance.now();
    const isLate = startedMs + longestRoundMs > populatedMs + LAST_MS;
    if (isLate && round > 0) break;
    // There and back, so that nobody always runs in the wake of the same neighbour.
    const order = round % 2 === 0 ? field : field.toReversed();
    for (const { watch, times } of order) times.push(await watch.turn(turnMs));
    longestRoundMs = Math.max(longestRoundMs, performance.now() - startedMs);
  }
  return {
    timings: Object.fromEntries(field.map(({ name, times }) => [name, times])),
    timeWaits: { start, end: countTimeWaits() },
    missing,
  };
}

/** Time-wait sockets of this network namespace. */
export function countTimeWaits(): number {
  return parseTimeWaitCount(readFileSync('/proc/net/sockstat', 'utf8'));
}

function openStopwatch(contender: Contender, directory: string): Stopwatch {
  switch (contender) {
    case 'netlink floor':
      return resident(programPath(directory, 'floor-netlink'), []);
    case 'procfs floor':
      return resident(programPath(directory, 'floor-procfs'), []);
    case 'netlink read':
    case 'netlink sample':
    case 'procfs read':
    case 'procfs sample':
      return resident(process.execPath, [RUNNER, ...contender.split(' ')]);
    case 'ss':
      return wholeProcess('ss -tan');
    case 'ss | awk':
      return wholeProcess(PIPELINE);
    case 'netstat':
      return wholeProcess('netstat -tan');
    case 'ephtop snapshot':
      return ephtop('snapshot', directory);
    case 'ephtop check':
      // With a group that is half full it would look for 3 s.
      return ephtop('check -t 4s || true', directory);
  }
}

/** A program that stays and times itself. */
function resident(command: string, args: readonly string[]): Stopwatch {
  const program = new LineProcess(command, args);
  return {
    async turn(leastMs) {
      const times: number[] = [];
      const endMs = performance.now() + leastMs;
      do times.push(Number(await program.ask()));
      while (performance.now() < endMs);
      return median(times);
    },
    [Symbol.dispose]: () => program[Symbol.dispose](),
  };
}

/** The program as npm installs it; the turn before the first round fills its compile cache. */
function ephtop(command: string, directory: string): Stopwatch {
  return wholeProcess(
    `"${process.execPath}" "${LAUNCHER}" ${command}`,
    viewerEnvironment(directory),
  );
}

/** A command from its start to its end, once a turn; what it prints is thrown away. */
function wholeProcess(command: string, environment: Record<string, string> = {}): Stopwatch {
  return {
    async turn() {
      const startedMs = performance.now();
      const child = spawn('sh', ['-c', command], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, ...environment },
      });
      const [status] = (await once(child, 'exit')) as [number | null];
      if (status !== 0) throw new Error(`exit status ${status}: ${command}`);
      return performance.now() - startedMs;
    },
    [Symbol.dispose]: () => undefined,
  };
}
