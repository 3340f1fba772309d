import { join } from 'node:path';
import type { ChunkingContext } from 'rolldown';

type Modules = Pick<ChunkingContext, 'getModuleInfo'>;

/** The start of the program as it is mostly used: what its two threads load, and the view later. */
const STARTS = {
  program: ['src/main.ts'],
  live: ['src/cli/live.ts'],
  thread: ['src/sampling/worker.ts'],
  view: ['src/ui/start.tsx'],
} as const;

/** Other threads, commands with a view, and those without: they must not load what only the others have use for. */
const BESIDES = {
  threads: ['src/cli/exporter-worker.ts', 'src/sampling/via/via-worker.ts'],
  viewers: ['src/cli/replay.ts', 'src/cli/demo.ts', 'src/cli/view.ts'],
  others: [
    ...[
      'advise',
      'anonymize',
      'check',
      'exporter',
      'namespaces',
      'record',
      'report',
      'snapshot',
    ].map((name) => `src/cli/${name}.ts`),
    'src/sampling/sampler-here.ts',
    'src/outputs/table.ts',
    'src/outputs/json.ts',
  ],
} as const;

/**
 * Names the chunk of each module: modules that the same starts load are in one. Node takes a third of a millisecond to
 * find, read and link a file, and split by every import there would be a hundred to show a screen. What none of the starts
 * loads has no name, and neither have they.
 */
export function chunksByStart(root: string): (id: string, context: Modules) => string | null {
  // A build has a context of its own: `npm run dev` makes one for each change of what is imported.
  const builds = new WeakMap<Modules, ReadonlyMap<string, ReadonlySet<string>>>();
  const inRoot = (files: readonly string[]) => files.map((file) => join(root, file));
  const isStart = new Set(inRoot(Object.values(STARTS).flat()));
  const modulesIn = (context: Modules) => {
    const starts = Object.entries({ ...STARTS, ...BESIDES });
    return new Map(starts.map(([start, files]) => [start, reachedFrom(inRoot(files), context)]));
  };
  return (id, context) => {
    const modulesOf = builds.get(context) ?? modulesIn(context);
    builds.set(context, modulesOf);
    // A start stands alone: who needs a module beside it must not start it.
    if (isStart.has(id)) return null;
    const starts = [...modulesOf].filter(([, modules]) => modules.has(id));
    const names = starts.map(([start]) => start);
    const isOfThreads = names.includes('thread') || names.includes('threads');
    // The program is always loaded, whatever comes with it; but not by threads, which may load some of what the view does.
    if (names.includes('program'))
      return isOfThreads ? 'program-thread' : names.includes('view') ? 'program-view' : 'program';
    const telling = names.filter((name) => name !== 'threads');
    return telling.some((name) => name in STARTS) ? telling.join('-') : null;
  };
}

/** The files, the modules that they import, and those that these import; what is imported when it is needed is not among them. */
function reachedFrom(files: readonly string[], context: Modules): ReadonlySet<string> {
  const reached = new Set(files);
  // What is added while it is walked through is visited too.
  for (const id of reached)
    for (const imported of context.getModuleInfo(id)?.importedIds ?? []) reached.add(imported);
  return reached;
}
