/**
 * Changes the code in small ways, one at a time, and counts how many changes the tests notice:
 * `npm run mutate -- [--files 'src/store/*.ts']... [--kinds numbers,logic] [--most N]`.
 *
 * A file of `src/X/` is judged by the unit tests in `test/X/`. StrykerJS leaves numbers as
 * they are, and numbers are what thresholds are made of. All of it happens in copies of the checkout.
 */
import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { MutantRunner } from './mutate/copy.ts';
import { type Mutant, MUTANT_KINDS, mutantsOf, mutated } from './mutate/mutants.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** No tests of a folder take as long as this, but those that never end do. */
const LIMIT_MS = 120_000;

const { values } = parseArgs({
  options: {
    files: { type: 'string', multiple: true, default: ['src/model/**/*.ts'] },
    kinds: { type: 'string', default: MUTANT_KINDS.join() },
    most: { type: 'string', default: 'Infinity' },
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
const tasks = spread(files.toSorted().flatMap(tasksOf), Number(values.most));
const survivors: Task[] = [];
const print = (line: string) => process.stdout.write(`${line}\n`);
let next = 0;

async function work(runner: MutantRunner): Promise<void> {
  try {
    for (let task = tasks[next++]; task; task = tasks[next++]) {
      const { file, source, mutant } = task;
      const folder = `${dirname(file).split('/').slice(0, 2).join('/').replace('src', 'test')}/`;
      const order = { file, folder, text: mutated(source, mutant) };
      const answer = await runner.ask(order, source, LIMIT_MS);
      if (answer && !answer.noticed) {
        survivors.push(task);
        const { line, original, replacement, lineText } = mutant;
        print(`survived  ${file}:${line}  ${original} → ${replacement}  in  ${lineText}`);
      }
    }
  } finally {
    await runner.close();
  }
}

await Promise.all(runners.map(work));

for (const file of new Set(tasks.map((task) => task.file))) {
  const [all, left] = [tasks, survivors].map((list) => list.filter((task) => task.file === file));
  print(`${all?.length} mutants, ${left?.length} survived  ${file}`);
}
const killed = tasks.length - survivors.length;
print(`${killed} of ${tasks.length} noticed (${((100 * killed) / tasks.length).toFixed(1)} %)`);
