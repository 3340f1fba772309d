/**
 * Changes the code in small ways, one at a time, and counts how many changes the tests notice:
 * `npm run mutate -- [--files 'src/store/*.ts']... [--kinds numbers,logic] [--most N] [--quick]`.
 *
 * A file of `src/X/` is judged by the unit tests in `test/X/`, the quickest first. `--most` takes an even sample,
 * and the score then stands with its error. With `--quick`, tests that take more than twice the mean judge only the file that
 * they are named after, so that the score is a lower bound. StrykerJS leaves numbers as they are, and numbers are what
 * thresholds are made of. All of it happens in copies of the checkout.
 */
import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { MutantRunner } from './mutate/copy.ts';
import { type Mutant, MUTANT_KINDS, mutantsOf, mutated } from './mutate/mutants.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    files: { type: 'string', multiple: true, default: ['src/model/**/*.ts'] },
    kinds: { type: 'string', default: MUTANT_KINDS.join() },
    most: { type: 'string', default: 'Infinity' },
    quick: { type: 'boolean', default: false },
  },
});

interface Task {
  readonly file: string;
  readonly source: string;
  readonly mutant: Mutant;
}

function tasksOf(file: string): Task[] {
  const source = readFileSync(join(ROOT, file), 'utf8');
  return mutantsOf(file, source)
    .filter(({ kind }) => values.kinds.split(',').includes(kind))
    .map((mutant) => ({ file, source, mutant }));
}

/** So many of them, evenly spread. */
function spread<Each>(all: readonly Each[], most: number): Each[] {
  const step = Math.max(1, all.length / most);
  return all.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

/** One for each core; ended, and their copies taken away, however this ends. */
const runners = Array.from({ length: availableParallelism() }, () => new MutantRunner(ROOT));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => {
    void Promise.all(runners.map((runner) => runner.close())).then(() => process.exit(1));
  });

const files = values.files.flatMap((pattern) => globSync(pattern, { cwd: ROOT }));
const all = files.toSorted().flatMap(tasksOf);
const tasks = spread(all, Number(values.most));
const survivors: Task[] = [];
const print = (line: string) => process.stdout.write(`${line}\n`);
let next = 0;

async function work(runner: MutantRunner): Promise<void> {
  try {
    for (let task = tasks[next++]; task; task = tasks[next++]) {
      const { file, source, mutant } = task;
      const folder = `${dirname(file).split('/').slice(0, 2).join('/').replace('src', 'test')}/`;
      const order = { file, folder, text: mutated(source, mutant), isQuick: values.quick };
      const { noticed, isStuck } = await runner.ask(order, source);
      if (!noticed) survivors.push(task);
      if (!noticed || isStuck) {
        const { line, original, replacement, lineText } = mutant;
        print(
          `${isStuck ? 'no end   ' : 'survived '} ${file}:${line}  ${original} → ${replacement}  in  ${lineText}`,
        );
      }
    }
  } finally {
    await runner.close();
  }
}

await Promise.all(runners.map(work));

/** `81 of 100 noticed (81.0 %, ±5.2 at 95 %: 100 of 400 were made)`; of all mutants there is no error. */
function scoreOf(isCounted: (task: Task) => boolean): string {
  const [every, made, left] = [all, tasks, survivors].map((list) => list.filter(isCounted).length);
  const [of = 0, n = 0, lost = 0] = [every, made, left];
  const share = 1 - lost / n;
  // Of a sample without replacement; two more of each outcome, as few mutants that were all noticed prove little (Agresti-Coull).
  const likely = (n - lost + 2) / (n + 4);
  const part = 1 - (n - 1) / Math.max(1, of - 1);
  const error = 1.96 * Math.sqrt(((likely * (1 - likely)) / (n + 4)) * part);
  const sampled = n < of ? `, ±${(100 * error).toFixed(1)} at 95 %: ${n} of ${of} were made` : '';
  return `${n - lost} of ${n} noticed (${(100 * share).toFixed(1)} %${sampled})`;
}

for (const file of new Set(tasks.map((task) => task.file)))
  print(`${scoreOf((task) => task.file === file)}  ${file}`);
print(scoreOf(() => true));
