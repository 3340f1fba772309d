import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openTerminal, type Terminal } from '../../test/helpers/terminal.ts';
import { Camera } from './camera.ts';
import { toFrames } from './frames.ts';
import { toGif } from './gif.ts';
import { toPixels } from './png.ts';
import { keepPace } from './priority.ts';

const SIZE = { columns: 100, rows: 34 } as const;
/** Sharp on most displays at the width that a README has. */
const ZOOM = 1.5;
/** The demo is watched from here on: half of the ports are gone. */
const BEGINS_MS = 13_000;
const OUT = /OUT OF PORTS/;
const OUT_TIMEOUT_MS = 30_000;
/** How long connect() is seen to fail, what came of the fix, and the end before it begins again. */
const FAILS_MS = 4500;
const MENDED_MS = 9000;
const LAST_MS = 3000;

/** Films the demo, from the countdown to what came of the first suggestion. */
export async function film(launcher: string, file: string): Promise<void> {
  await using terminal = openTerminal(
    process.execPath,
    [launcher, 'demo', 'no-keep-alive', '--no-config'],
    SIZE,
  );
  keepPace(terminal.pid);
  await terminal.waitFor('HEADROOM', OUT_TIMEOUT_MS);
  await sleep(BEGINS_MS);
  const frames = toFrames(...(await act(terminal)));
  const pictures = new Map(
    [...new Set(frames.map(({ picture }) => picture))].map((svg) => [svg, toPixels(svg, ZOOM)]),
  );
  const drawn = frames.flatMap(({ picture, delayMs }) => {
    const pixels = pictures.get(picture);
    return pixels === undefined ? [] : [{ picture: pixels, delayMs }];
  });
  writeFileSync(file, toGif(drawn));
}

/** Presses the key; returns what the screen showed, and when it was over. */
async function act(terminal: Terminal): Promise<[Camera['shown'], number]> {
  using camera = new Camera(terminal);
  await terminal.waitFor(OUT, OUT_TIMEOUT_MS);
  await sleep(FAILS_MS);
  camera.caption = { key: '1', text: 'follow the first suggestion' };
  terminal.press('1');
  await sleep(MENDED_MS);
  camera.caption = undefined;
  return [camera.shown, performance.now() + LAST_MS];
}
