/**
 * Makes the pictures of the README from the real program, watching a real incident:
 * `node scripts/screenshots.ts [name …]`. Needs `unshare`, `ip` and `dist/` (npm run build); takes
 * a minute and a half. Runs itself again in a network namespace of its own, where it may run out
 * of ports without harm.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openTerminal } from '../test/helpers/terminal.ts';
import { startIncident } from './screenshot/incident.ts';
import { toPng } from './screenshot/png.ts';
import { toSvg } from './screenshot/svg.ts';

/** One picture: the program at a size, after some keys, once it shows what is waited for. */
type Shot = { name: string; columns: number; rows: number; keys: string[]; shows: RegExp };

const SHOTS: Shot[] = [
  { name: 'overview', columns: 120, rows: 22, keys: [], shows: /runs out/ },
  { name: '80x24', columns: 80, rows: 24, keys: [], shows: /runs out/ },
  { name: 'sysctl', columns: 120, rows: 22, keys: ['s'], shows: /what it means here/ },
  { name: 'advice', columns: 120, rows: 22, keys: ['a'], shows: /SUGGESTIONS/ },
  { name: 'detail', columns: 120, rows: 28, keys: ['enter'], shows: /^ forecast/m },
  {
    name: 'what-if',
    columns: 120,
    rows: 26,
    keys: ['w', 'down', 'left'],
    shows: /WHAT IF, not.*tw_reuse 1/,
  },
];

const REPOSITORY = new URL('..', import.meta.url);
const LAUNCHER = fileURLToPath(new URL('bin/ephtop.cjs', REPOSITORY));
const PICTURES = new URL('screenshots/', REPOSITORY);
const INSIDE = '--inside-namespace';
/** A host name for the pictures, not that of the machine they are made on. */
const HOST = 'proxy-7';
/** More than this and the incident would be over before the screen came. */
const SHOT_TIMEOUT_MS = 20_000;

/** Starts this script once more in fresh network and host-name namespaces; returns its exit code. */
function enterNamespace(names: string[]): number {
  const flags = process.getuid?.() === 0 ? '-nu' : '-Urnu';
  const script = `hostname ${HOST} 2>/dev/null; exec "$@"`;
  const self = [process.execPath, fileURLToPath(import.meta.url), INSIDE, ...names];
  const result = spawnSync('unshare', [flags, 'sh', '-c', script, 'sh', ...self], {
    stdio: 'inherit',
  });
  if (result.error) throw result.error;
  return result.status ?? 1;
}

async function takeAll(shots: Shot[]): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  using incident = await startIncident();
  say(`the incident ripens for ${incident.ripeAfterMs / 1000} s`);
  await sleep(incident.ripeAfterMs);
  // One after the other: several at once would slow down the traffic that they watch.
  for (const shot of shots) await take(shot);
}

async function take({ name, columns, rows, keys, shows }: Shot): Promise<void> {
  await using terminal = openTerminal(process.execPath, [LAUNCHER], { columns, rows });
  await terminal.waitFor(/opens\/s|runs out/, SHOT_TIMEOUT_MS);
  terminal.press(...keys);
  await terminal.waitFor(shows, SHOT_TIMEOUT_MS);
  const file = new URL(`${name}.png`, PICTURES);
  writeFileSync(file, toPng(toSvg(terminal.emulator)));
  say(fileURLToPath(file));
}

function chooseShots(names: string[]): Shot[] {
  const unknown = names.filter((name) => !SHOTS.some((shot) => shot.name === name));
  if (unknown.length > 0) throw new Error(`no such picture: ${unknown.join(', ')}`);
  return names.length === 0 ? SHOTS : SHOTS.filter((shot) => names.includes(shot.name));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const [first, ...rest] = process.argv.slice(2);
if (first === INSIDE) await takeAll(chooseShots(rest));
else {
  const names = first === undefined ? [] : [first, ...rest];
  chooseShots(names);
  process.exitCode = enterNamespace(names);
}
