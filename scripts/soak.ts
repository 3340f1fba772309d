/**
 * Runs the real program for long in a terminal of its own, with traffic in a network namespace of its own, and judges
 * what it uses: `npm run soak -- [--hours N | --minutes N] [--pace N] [--closes N] [--under-fire] [--json FILE]`.
 * docs/soak.md says what it looks at, and has the figures. The exit status is 0 if everything passed.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { openWorkshop, type Workshop } from './bench/compile.ts';
import { closeNamespaces, openNamespace } from './bench/namespace.ts';
import { parseOptions, type SoakOptions, USAGE } from './soak/options.ts';
import { fireReport, fireRows, soakReport } from './soak/report.ts';
import { judgeSoak, overall } from './soak/verdicts.ts';

const MINUTE_MS = 60_000;
/** Until then, code is compiled and the quarter of an hour of history fills (`model/model-history`). */
const SETTLE_MS = 16 * MINUTE_MS;
/** Of a shorter run, this share. */
const SETTLE_SHARE = 1 / 3;
const MOST_READINGS = 1200;
/** The fewest sockets that a machine under fire starts with. */
const FIRE_SOCKETS = 200_000;
/** Lets the program sample at the pace that is asked for, whatever that costs. */
const NO_BUDGET = ['--cpu-budget', '100%'];

async function soak(options: SoakOptions, { directory }: Workshop): Promise<boolean> {
  const { durationMs, intervalMs, closesPerSecond } = options;
  await using namespace = openNamespace(directory);
  await namespace.call('populate', { timeWait: 0, live: 10, closesPerSecond });
  const readings = await namespace.call('soak', {
    args: ['--interval', `${intervalMs}ms`, ...NO_BUDGET],
    durationMs,
    readingEveryMs: Math.max(1000, durationMs / MOST_READINGS),
    isTold: true,
  });
  save(options, readings);
  const settledMs = Math.min(SETTLE_MS, durationMs * SETTLE_SHARE);
  const judged = judgeSoak(readings, settledMs);
  const minutes = (ms: number) => (ms / MINUTE_MS).toFixed(1);
  const text = `${minutes(durationMs)} minutes, a sample every ${intervalMs} ms, ${closesPerSecond} closes/s; judged from minute ${minutes(settledMs)} on. Node ${process.versions.node}.`;
  process.stdout.write(`${soakReport('Soak', text, judged)}\n\n${overall(judged)}\n`);
  return overall(judged) === 'pass';
}

async function putUnderFire(options: SoakOptions, { directory }: Workshop): Promise<boolean> {
  const { durationMs, closesPerSecond } = options;
  await using namespace = openNamespace(directory);
  await namespace.call('populate', { timeWait: FIRE_SOCKETS, live: 10, closesPerSecond });
  const hogs = availableParallelism();
  const fire = await namespace.call('putUnderFire', { durationMs, hogs });
  save(options, fire);
  process.stdout.write(`${fireReport(fire, hogs)}\n`);
  return fireRows(fire).isPassed;
}

function save({ jsonFile }: SoakOptions, figures: unknown): void {
  if (jsonFile !== undefined) writeFileSync(jsonFile, `${JSON.stringify(figures)}\n`);
}

async function run(options: SoakOptions): Promise<void> {
  using workshop = openWorkshop();
  const breakOff = async (status: number) => {
    await closeNamespaces();
    workshop[Symbol.dispose]();
    process.exit(status);
  };
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => void breakOff(status));
  }
  const isPassed = await (options.isUnderFire ? putUnderFire : soak)(options, workshop);
  process.exitCode = isPassed ? 0 : 1;
}

function complain(error: unknown, status: number): void {
  process.stderr.write(`soak: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = status;
}

function readOptions(): SoakOptions | undefined {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    complain(error, 2);
    process.stderr.write(`${USAGE}\n`);
    return undefined;
  }
}

const options = readOptions();
try {
  if (options !== undefined) await run(options);
} catch (error) {
  complain(error, 1);
}
