import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openTerminal, type Terminal } from '../../test/helpers/terminal.ts';
import { Camera } from './camera.ts';
import { toFrames } from './frames.ts';
import { toGif } from './gif.ts';
import { FAST_INCIDENT, startIncident } from './incident.ts';
import { toPixels } from './png.ts';
import { keepPace } from './priority.ts';
import type { Caption } from './window.ts';

/** A key as a person presses it, and for how long what it shows is looked at. */
type Step = { key: string; caption: Caption | undefined; ms: number };

const SIZE = { columns: 100, rows: 32 } as const;
/** Sharp on most displays at the width that a README has. */
const ZOOM = 1.5;
const WATCH_MS = 6000;
const WHAT_IF: Caption = { key: 'w', text: 'what if the kernel reused them?' };
const STEPS: readonly Step[] = [
  { key: 'enter', caption: { key: 'Enter', text: 'all about that upstream' }, ms: 3500 },
  { key: 'escape', caption: undefined, ms: 1500 },
  { key: 'a', caption: { key: 'a', text: 'what to do, best first' }, ms: 3500 },
  { key: 'w', caption: WHAT_IF, ms: 1200 },
  { key: 'down', caption: WHAT_IF, ms: 600 },
  { key: 'left', caption: WHAT_IF, ms: 3200 },
  { key: 'escape', caption: { key: 'Esc', text: 'back to what is' }, ms: 1500 },
];
const OUT = /OUT OF PORTS/;
const OUT_TIMEOUT_MS = 6000;
/** The end is looked at, before it begins again. */
const LAST_MS = 3000;

/** Films the program while a machine runs out of ports, from the first warning to the end. */
export async function film(launcher: string, file: string): Promise<void> {
  using incident = await startIncident(FAST_INCIDENT);
  // From the start, as one would have it open: it knows the owners, and has a history.
  await using terminal = openTerminal(
    process.execPath,
    [launcher, '--no-config', '--cpu-budget', '25%'],
    SIZE,
  );
  keepPace(terminal.pid);
  await sleep(incident.ripeAfterMs);
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

/** Presses the keys; returns what the screen showed, and when it was over. */
async function act(terminal: Terminal): Promise<[Camera['shown'], number]> {
  using camera = new Camera(terminal);
  await sleep(WATCH_MS);
  for (const { key, caption, ms } of STEPS) {
    camera.caption = caption;
    terminal.press(key);
    await sleep(ms);
  }
  camera.caption = undefined;
  // Ports come back by the hundred every other second: the moment at which there are none may be missed.
  await terminal.waitFor(OUT, OUT_TIMEOUT_MS).catch(() => undefined);
  return [camera.shown, performance.now() + LAST_MS];
}
