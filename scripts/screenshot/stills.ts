import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { flatTree, processTree } from '../../test/helpers/process-tree.ts';
import { openTerminal, type Terminal } from '../../test/helpers/terminal.ts';
import { toPng } from './png.ts';
import { keepPace } from './priority.ts';
import { toSvg } from './svg.ts';

/** One picture: the program at a size, after some keys, once it shows what is waited for. */
export type Shot = {
  name: string;
  columns: number;
  rows: number;
  keys: readonly string[];
  shows: RegExp;
};

/** In the order in which they are taken; each begins and ends with the overview. */
export const SHOTS: readonly Shot[] = [
  { name: 'overview', columns: 120, rows: 22, keys: [], shows: /runs out.*\n[^]*HEADROOM/ },
  { name: 'detail', columns: 120, rows: 36, keys: ['enter'], shows: /^ forecast/m },
  { name: '80x24', columns: 80, rows: 24, keys: [], shows: /runs out.*\n[^]*HEADROOM/ },
  {
    name: 'what-if',
    columns: 120,
    rows: 26,
    keys: ['w', 'down', 'left'],
    shows: /WHAT IF, not.*tw_reuse 1/,
  },
  { name: 'advice', columns: 120, rows: 22, keys: ['a'], shows: /SUGGESTIONS/ },
  { name: 'sysctl', columns: 120, rows: 22, keys: ['s'], shows: /what it means here/ },
];

const SHOT_TIMEOUT_MS = 20_000;
/** A frame or two, so that everything on the screen is of the new size. */
const SETTLE_MS = 1200;

/** The scenario, and the second of its timeline from which on there is something to see. */
const SCENARIO = 'rush-hour';
const RIPE = /1:(?:0[6-9]|1\d) of/;
const RIPE_TIMEOUT_MS = 120_000;

/** Takes pictures of one program, which has watched the demo's stage from its start, without the caption. */
export async function takeStills(
  shots: readonly Shot[],
  launcher: string,
  fileOf: (shot: Shot) => string,
): Promise<void> {
  const program = [process.execPath, launcher];
  const demo = ['demo', SCENARIO, '--no-config', '--interval', '1s'];
  await using stage = openTerminal('env', [...program, ...demo]);
  keepPace(stage.pid);
  await stage.waitFor('HEADROOM', SHOT_TIMEOUT_MS);
  await using terminal = openTerminal('nsenter', [
    '--target',
    `${proxyOf(stage)}`,
    '--net',
    '--pid',
    '--mount',
    ...program,
    '--no-config',
  ]);
  keepPace(terminal.pid);
  await stage.waitFor(RIPE, RIPE_TIMEOUT_MS);
  for (const shot of shots) await take(terminal, shot, fileOf(shot));
}

/** A process of the stage, by whose namespaces one comes onto it. */
function proxyOf(stage: Terminal): number {
  const proxy = flatTree(processTree(stage.pid)).find(({ name }) => name === 'proxy');
  if (proxy === undefined) throw new Error('the demo has no proxy');
  return proxy.pid;
}

async function take(terminal: Terminal, shot: Shot, file: string): Promise<void> {
  terminal.resize(shot.columns, shot.rows);
  await sleep(SETTLE_MS);
  for (const key of shot.keys) {
    terminal.press(key);
    await sleep(SETTLE_MS / 4);
  }
  await terminal.waitFor(shot.shows, SHOT_TIMEOUT_MS);
  writeFileSync(file, toPng(toSvg(terminal.emulator)));
  if (shot.keys.length > 0) terminal.press('escape');
  await terminal.waitFor('HEADROOM', SHOT_TIMEOUT_MS);
}
