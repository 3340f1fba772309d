import { Terminal } from '@xterm/headless';
import { expect, test } from 'vitest';
import { castHeader, CastEvents, frameOutput } from '../../src/outputs/asciicast.ts';
import { framePainter } from '../../src/ui/frame-painter.tsx';
import { pressedSamples } from '../helpers/pressure.ts';

const SIZE = { columns: 100, rows: 24 };

/** The screens of three seconds without ports. */
function screens(): string[][] {
  const paint = framePainter({
    size: SIZE,
    order: { column: 'headroom', inverted: false },
    filter: '',
    theme: 'mono',
    depth: 0,
    ascii: false,
    speed: 2,
    turns: { points: [], share: 1 },
  });
  return pressedSamples().map((sample, index) =>
    paint({ sample, index, elapsedMs: 1000 * index, durationMs: 2000, isLast: index === 2 }),
  );
}

test('frames are the view of a recording at its size, without a terminal', () => {
  const all = screens();
  expect(all).toHaveLength(3);
  for (const lines of all) {
    expect(lines).toHaveLength(SIZE.rows);
    expect(lines.join('\n')).toContain('HEADROOM');
    expect(lines.join('\n')).toMatch(/0:00 .*─.* 0:02/);
  }
  expect(all[1]?.join('\n')).toContain('OUT OF PORTS');
});

test('a terminal that is sent the differences shows the last frame', async () => {
  const all = screens();
  const terminal = new Terminal({ cols: SIZE.columns, rows: SIZE.rows, allowProposedApi: true });
  let before: string[] | undefined;
  for (const lines of all) {
    const output = frameOutput(before, lines);
    before = lines;
    await new Promise<void>((resolve) => terminal.write(output ?? '', resolve));
  }
  const shown = Array.from({ length: SIZE.rows }, (_, row) =>
    terminal.buffer.active.getLine(row)?.translateToString(true),
  );
  // oxlint-disable-next-line no-control-regex -- what steers the terminal
  const plain = (line: string) => line.replace(/\u001b\[[\d;]*m/g, '').trimEnd();
  expect(shown.map((line) => line?.trimEnd())).toEqual(all.at(-1)?.map(plain));
});

test('what has not changed is not sent again', () => {
  expect(frameOutput(['a', 'b'], ['a', 'b'])).toBeUndefined();
  expect(frameOutput(['a', 'b'], ['a', 'c'])).toContain('\u001b[2;1H');
  expect(frameOutput(['a', 'b'], ['a', 'c'])).not.toContain('\u001b[1;1H');
});

test('the header is that of version 3; intervals add up to the time that went by', () => {
  expect(JSON.parse(castHeader({ ...SIZE, atMs: 1_795_727_547_552, title: 'a\u001b[2J' }))).toEqual(
    {
      version: 3,
      term: { cols: 100, rows: 24, type: 'xterm-256color' },
      timestamp: 1_795_727_547,
      idle_time_limit: 3,
      title: 'a\u001b[2J',
    },
  );
  const events = new CastEvents();
  const lines = [0, 333.4, 666.7, 1000.1, 999].map((atMs) => events.event(atMs, 'o', 'x'));
  const seconds = lines.map((line) => (JSON.parse(line) as [number])[0]);
  expect(seconds.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 3);
  expect(lines[0]).toBe('[0,"o","x"]\n');
});
