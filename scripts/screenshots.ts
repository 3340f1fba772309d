/**
 * Makes the pictures of the README from the real program, watching the demo's stage:
 * `npm run screenshots -- [name …]`; `animated` is the one that moves. Takes three minutes. Needs Linux, util-linux and
 * `dist/` (npm run build). Runs itself again with a host name of its own, which ends with it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { film } from './screenshot/animated.ts';
import { keepPace } from './screenshot/priority.ts';
import { type Shot, SHOTS, takeStills } from './screenshot/stills.ts';

const LAUNCHER = fileURLToPath(new URL('../bin/ephtop.cjs', import.meta.url));
const PICTURES = new URL('../screenshots/', import.meta.url);
const ANIMATED = { name: 'animated', file: 'demo.gif' } as const;
const INSIDE = '--inside-namespace';
/** A host name for the pictures, not that of the machine they are made on. */
const HOST = 'proxy-7';
const UNSHARE_FLAGS = process.getuid?.() === 0 ? '-u' : '-Uru';

/** What must not be done here, in one sentence that says what to do. */
class Refusal extends Error {}

function pictureFile(name: string): string {
  mkdirSync(PICTURES, { recursive: true });
  return fileURLToPath(new URL(name, PICTURES));
}

/** Runs outside: each kind of picture has its own demo. */
async function makePictures(names: readonly string[]): Promise<void> {
  const known = [...SHOTS.map(({ name }) => name), ANIMATED.name];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Refusal(`There is no picture "${unknown}"; choose from ${known.join(', ')}.`);
  checkMachine();
  const wanted = names.length === 0 ? known : names;
  const stills = wanted.filter((name) => name !== ANIMATED.name);
  if (stills.length > 0) await runInNamespace(stills);
  if (wanted.includes(ANIMATED.name)) await runInNamespace([ANIMATED.name]);
}

function checkMachine(): void {
  if (process.platform !== 'linux')
    throw new Refusal(
      'The pictures need Linux: they are of a real machine that runs out of ports.',
    );
  if (spawnSync('unshare', [UNSHARE_FLAGS, 'true']).status !== 0)
    throw new Refusal(
      'The pictures need namespaces: install util-linux for "unshare" and run this as root, or allow user namespaces.',
    );
}

/** Ends with this process, by the channel between the two. */
async function runInNamespace(names: readonly string[]): Promise<void> {
  const script = `hostname ${HOST} 2>/dev/null; exec "$@"`;
  const self = [process.execPath, fileURLToPath(import.meta.url), INSIDE, ...names];
  const child = spawn('unshare', [UNSHARE_FLAGS, 'sh', '-c', script, 'sh', ...self], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [status] = (await once(child, 'exit')) as [number | null];
  if (status !== 0) throw new Refusal(`No picture of ${names.join(', ')} was made.`);
}

async function runInside(names: readonly string[]): Promise<void> {
  process.once('disconnect', () => process.exit(1));
  process.channel?.unref();
  keepPace(process.pid);
  if (names.includes(ANIMATED.name)) {
    const file = pictureFile(ANIMATED.file);
    await film(LAUNCHER, file);
    say(file);
    return;
  }
  const shots = SHOTS.filter(({ name }) => names.includes(name));
  const fileOf = ({ name }: Shot) => pictureFile(`${name}.png`);
  await takeStills(shots, LAUNCHER, fileOf);
  for (const shot of shots) say(fileOf(shot));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const [first, ...rest] = process.argv.slice(2);
try {
  if (first === INSIDE) await runInside(rest);
  else await makePictures(first === undefined ? [] : [first, ...rest]);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
