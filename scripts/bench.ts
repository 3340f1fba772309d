/**
 * Measures what ephtop costs: `node scripts/bench.ts [--quick] [--sockets N,…] [--only PART] [--json FILE]`,
 * or `npm run bench -- …`, which builds first. Prints Markdown tables with the targets beside the figures.
 * Needs `cc` and `unshare`; all sockets are made in network namespaces of their own. Takes eight minutes,
 * `--quick` one.
 */
import { writeFileSync } from 'node:fs';
import { openWorkshop } from './bench/compile.ts';
import { describeMachine } from './bench/machine.ts';
import {
  type Bench,
  measureFirstFrames,
  measureReadings,
  measureViewers,
} from './bench/measure.ts';
import { closeNamespaces } from './bench/namespace.ts';
import { type BenchOptions, parseOptions, USAGE } from './bench/options.ts';
import { planPopulations } from './bench/population-plan.ts';
import { report } from './bench/report.ts';
import type { BenchResults } from './bench/results.ts';

const SIGNAL_EXIT_STATUS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

const startedMs = performance.now();
let isBrokenOff = false;

async function measureAll(
  { parts, sizes, quick }: BenchOptions,
  bench: Bench,
): Promise<BenchResults> {
  const machine = describeMachine();
  const plan = planPopulations(sizes, machine.availableBytes);
  const readings = [];
  if (parts.has('sources') || parts.has('tools')) {
    for (const size of plan.sizes) readings.push(await measureReadings(bench, size, parts));
  }
  const viewers = parts.has('program') ? await measureViewers(bench) : [];
  const firstFrames = parts.has('first-frame') ? await measureFirstFrames(bench) : [];
  const lacksWatch = viewers.length > 0 && !viewers.some(({ viewer }) => viewer === 'watch');
  const notes = quick ? [QUICK_NOTE] : lacksWatch ? ['`watch` or `ss` is not installed here.'] : [];
  return { machine, readings, leftOut: plan.leftOut, viewers, firstFrames, notes };
}

const QUICK_NOTE =
  '`--quick`: fewer rounds and shorter measurements; not a million sockets, no `watch`, and not 466 closes a second, to one destination or to 30, which take a minute to become steady.';

function say(line: string): void {
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  process.stderr.write(`bench: ${seconds.padStart(3)} s  ${line}\n`);
}

function complain(error: unknown): void {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function run(options: BenchOptions): Promise<void> {
  using workshop = openWorkshop();
  const breakOff = async (status: number) => {
    isBrokenOff = true;
    await closeNamespaces();
    workshop[Symbol.dispose]();
    process.exit(status);
  };
  for (const [signal, status] of Object.entries(SIGNAL_EXIT_STATUS)) {
    process.once(signal, () => void breakOff(status));
  }
  const { directory } = workshop;
  const results = await measureAll(options, { directory, quick: options.quick, say });
  if (options.jsonFile !== undefined) {
    writeFileSync(options.jsonFile, `${JSON.stringify(results, undefined, 2)}\n`);
  }
  process.stdout.write(report(results));
}

function readOptions(): BenchOptions | undefined {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    complain(error);
    process.stderr.write(`${USAGE}\n`);
    process.exitCode = 2;
    return undefined;
  }
}

const options = readOptions();
try {
  if (options !== undefined) await run(options);
} catch (error) {
  // Once it is broken off, whatever was under way fails.
  if (!isBrokenOff) complain(error);
}
