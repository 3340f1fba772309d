/**
 * The live view of the code as it is being written: `npm run dev -- [options of ephtop]`.
 *
 * Whenever a file of `src/` changes, the program is built anew and started again in this terminal. It ends
 * with the view, by `q` for instance. A build that fails leaves the last view standing.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { watch } from 'rolldown';

import { DIST, inputOptions, OUTPUT, readManifest, ROOT } from './bundle.ts';

const { version } = await readManifest(ROOT);
const options = inputOptions(version);
let view: ChildProcess | undefined;

function startView(): void {
  // Errors point into src/ and not into the bundle.
  const flags = ['--enable-source-maps', '--disable-warning=ExperimentalWarning'];
  const args = [...flags, join(DIST, 'main.js'), ...process.argv.slice(2)];
  const started = spawn(process.execPath, args, { stdio: 'inherit' });
  view = started;
  started.once('exit', (code) => {
    // Another one is in its place where it was ended for a new build.
    if (view === started) void end(code ?? 1);
  });
}

async function stopView(): Promise<void> {
  const stopped = view;
  view = undefined;
  if (!stopped) return;
  const ended = once(stopped, 'exit');
  stopped.kill('SIGTERM');
  await ended;
}

async function end(code: number): Promise<void> {
  process.exitCode = code;
  await watcher.close();
}

const watcher = watch({
  ...options,
  // A build that succeeds is about to be written: the view must not load half of it.
  plugins: [...options.plugins, { name: 'stop-view', generateBundle: stopView }],
  output: { ...OUTPUT, minify: false, sourcemap: 'inline' },
});
watcher.on('event', (event) => {
  if (event.code === 'BUNDLE_END') startView();
  if (event.code === 'ERROR') process.stderr.write(`build: ${event.error.message}\n`);
  if (event.code === 'BUNDLE_END' || event.code === 'ERROR') void event.result.close();
});

// The view takes Ctrl-C as a key; what comes from elsewhere ends both.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => void stopView().then(() => end(0)));
