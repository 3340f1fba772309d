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

/** Gives a contender its turn, and returns what a reading took, in ms. */
type Stopwatch = Disposable & { turn(): Promise<number> };

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
 * of them alike; those that stay in memory and read the same source reading by reading, since a virtual machine is now fast and
 * now half as fast within a second. `populatedMs` is when the sockets began to be made.
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
  const heats = [...Map.groupBy(field, ({ name }) => heatOf(name)).values()];
  for (const each of field) await runHeat([each], isResident(each.name) ? warmUpMs : 0);

  let longestRoundMs = 0;
  for (let round = 0; round < rounds; round++) {
    const startedMs = performance.now();
    const isLate = startedMs + longestRoundMs > populatedMs + LAST_MS;
    if (isLate && round > 0) break;
    // There and back, so that nobody always runs in the wake of the same neighbour.
    const order = <Item>(items: readonly Item[]) => (round % 2 === 0 ? items : items.toReversed());
    for (const heat of order(heats)) {
      const entrants = order(heat);
      const stays = entrants.some(({ name }) => isResident(name));
      const took = await runHeat(entrants, stays ? turnMs * entrants.length : 0);
      entrants.forEach(({ times }, index) => times.push(median(took[index] ?? [])));
    }
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
    case 'node':
      return wholeProcess(`"${process.execPath}" -e 0`);
    case 'ephtop snapshot':
      return ephtop('snapshot', directory);
    case 'ephtop check':
      // With a group that is half full it would look for 3 s.
      return ephtop('check -t 4s || true', directory);
  }
}

const isResident = (name: Contender) => /^(netlink|procfs) /.test(name);

/** Which contenders are measured against each other, reading by reading: those that stay, of one source. */
const heatOf = (name: Contender) => (isResident(name) ? name.split(' ')[0] : name);

/** Has contenders take turns, one reading each, for so long at least; returns what their readings took. */
async function runHeat(
  entrants: readonly { readonly watch: Stopwatch }[],
  leastMs: number,
): Promise<number[][]> {
  const took = entrants.map(() => [] as number[]);
  const endMs = performance.now() + leastMs;
  do for (const [index, { watch }] of entrants.entries()) took[index]?.push(await watch.turn());
  while (performance.now() < endMs);
  return took;
}

/** A reading that takes longer is not preceded by another: there may be time for few. */
const LONG_MS = 150;

/** A program that stays and times itself. */
function resident(command: string, args: readonly string[]): Stopwatch {
  const program = new LineProcess(command, args);
  const ask = async () => Number(await program.ask());
  return {
    async turn() {
      // The one whose turn was before has taken the caches: each is measured as if it had been alone.
      const first = await ask();
      return first > LONG_MS ? first : ask();
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
