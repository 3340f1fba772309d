import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openTerminal, type Terminal } from '../../test/helpers/terminal.ts';
import { SLOW_INCIDENT, startIncident } from './incident.ts';
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
  { name: '80x24', columns: 80, rows: 24, keys: [], shows: /runs out.*\n[^]*HEADROOM/ },
  { name: 'sysctl', columns: 120, rows: 22, keys: ['s'], shows: /what it means here/ },
  { name: 'advice', columns: 120, rows: 22, keys: ['a'], shows: /SUGGESTIONS/ },
  { name: 'detail', columns: 120, rows: 36, keys: ['enter'], shows: /^ forecast/m },
  {
    name: 'what-if',
    columns: 120,
    rows: 26,
    keys: ['w', 'down', 'left'],
    shows: /WHAT IF, not.*tw_reuse 1/,
  },
];

const SHOT_TIMEOUT_MS = 20_000;
/** A frame or two, so that everything on the screen is of the new size. */
const SETTLE_MS = 1200;

/** Takes pictures of one program, which has watched the incident from its start. */
export async function takeStills(
  shots: readonly Shot[],
  launcher: string,
  fileOf: (shot: Shot) => string,
): Promise<void> {
  using incident = await startIncident(SLOW_INCIDENT);
  await using terminal = openTerminal(process.execPath, [
    launcher,
    '--no-config',
    '--cpu-budget',
    '25%',
  ]);
  keepPace(terminal.pid);
  await sleep(incident.ripeAfterMs);
  for (const shot of shots) await take(terminal, shot, fileOf(shot));
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
