import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { printable } from '../kernel/foreign-text.ts';
import { DEFAULT_ORDER } from '../model/query/order.ts';
import type { ReplayFrame, Turns } from '../model/playback.ts';
import { turningText } from '../model/report/turning-text.ts';
import { castHeader, CastEvents, frameOutput } from '../outputs/asciicast.ts';
import type { Recorded } from '../recording/file.ts';
import { findTurns } from '../recording/find-turns.ts';
import { FRAME_MS } from '../recording/player.ts';
import { RecordedSamples } from '../recording/samples.ts';
import { systemClock } from '../source/clock.ts';
import { failureReason } from '../source/read-file.ts';
import { SourceError } from '../source/source-error.ts';
import { colorDepth, forceColors } from '../terminal/color-depth.ts';
import type { OptionsOf } from './option-table.ts';
import { say } from './say.ts';
import { writeOut } from './stdout.ts';

type CastOptions = OptionsOf<'cast' | 'groups' | 'order' | 'view' | 'drawing' | 'characters'> & {
  readonly file: string;
};

/** The last frame stays for so long. */
const LAST_MS = 2000;

/** Draws a recording into an asciicast, without a terminal. Throws SourceError. */
export async function writeCast(file: Recorded, options: CastOptions): Promise<void> {
  const { write, end } = openCast(options.file);
  try {
    for await (const line of castLines(file, options)) await write(line);
  } catch (error) {
    end('failed');
    throw error;
  }
  end('whole');
  if (file.problem !== undefined) say(file.problem);
  if (options.file !== '-') say(`drawn into ${printable(options.file)}.`);
}

async function* castLines(file: Recorded, options: CastOptions): AsyncGenerator<string, void> {
  const { size, speed, sort, filter, theme, ascii } = options;
  // A file has no terminal to ask.
  const depth = colorDepth(options.color === 'auto' ? '256' : options.color, process.env);
  forceColors(depth !== 0, process.env);
  const { framePainter } = await import('../ui/frame-painter.tsx');
  const turns = await allTurns(file);
  const paint = framePainter({
    size,
    order: { ...DEFAULT_ORDER, column: sort },
    filter,
    theme: depth === 0 ? 'mono' : theme,
    depth,
    ascii,
    speed,
    turns,
  });
  const events = new CastEvents();
  const left = [...turns.points];
  let before: string[] | undefined;
  let lastMs = 0;
  for await (const frame of framesOf(file, FRAME_MS * speed)) {
    const atMs = frame.elapsedMs / speed;
    if (before === undefined) {
      const { host, takenAtMs } = frame.sample;
      const title = `ephtop replay: ${printable(host.hostname)}`;
      yield castHeader({ ...size, atMs: takenAtMs, title });
    }
    const passed = left.splice(0, left.findLastIndex(({ index }) => index <= frame.index) + 1);
    for (const turn of passed) yield events.event(turn.elapsedMs / speed, 'm', turningText(turn));
    const lines = paint(frame);
    const output = frameOutput(before, lines);
    before = lines;
    lastMs = atMs;
    if (output !== undefined) yield events.event(atMs, 'o', output);
  }
  yield events.event(lastMs + LAST_MS, 'x', '0');
}

async function allTurns(file: Recorded): Promise<Turns> {
  let all: Turns = { points: [], share: 1 };
  const { signal } = new AbortController();
  for await (const found of findTurns(file, { ...systemClock, sleep: async () => {} }, signal))
    all = found;
  return all;
}

/** The first sample, then one at least `stepMs` of the recording later, and so on to the last. */
async function* framesOf(file: Recorded, stepMs: number): AsyncGenerator<ReplayFrame, void> {
  const samples = new RecordedSamples(file, systemClock);
  const { index } = file;
  let shown = -1;
  for (let next = 0; next < index.samples;) {
    const found = await samples.at(next, 'later');
    if (found === undefined || found.index < next) return;
    const frame = samples.frameOf(found, shown);
    yield frame;
    if (frame.isLast) return;
    shown = frame.index;
    next = Math.max(shown + 1, index.sampleAt(frame.elapsedMs + stepMs));
  }
}

/** A new file that nothing is overwritten for, or stdout. */
function openCast(path: string) {
  if (path === '-') return { write: writeOut, end: () => {} };
  try {
    const file = openSync(path, 'wx', 0o600);
    return {
      write: async (line: string) => {
        try {
          writeFileSync(file, line);
        } catch (error) {
          throw new SourceError(`cannot write ${printable(path)}: ${failureReason(error)}.`);
        }
      },
      end: (state: 'whole' | 'failed') => {
        closeSync(file);
        if (state === 'failed') rmSync(path, { force: true });
      },
    };
  } catch (error) {
    throw new SourceError(
      `cannot write ${printable(path)}: ${failureReason(error)}; nothing is overwritten.`,
    );
  }
}
