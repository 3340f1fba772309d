import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { openWindow } from '../../src/terminal/window.ts';

function terminal(columns: number, rows: number) {
  const written: string[] = [];
  const stdout = Object.assign(new EventEmitter(), {
    columns,
    rows,
  });
  const output = {
    write: (text: string) => written.push(text),
    whenFree: (act: () => void) => act(),
    forget: () => {},
  };
  return { stdout, written, window: openWindow(stdout as unknown as NodeJS.WriteStream, output) };
}

test('has the size of its terminal, also after that has changed, and the usual one where there is none', () => {
  const { stdout, window } = terminal(0, 0);
  expect(window.stdout).toMatchObject({ columns: 80, rows: 24 });
  Object.assign(stdout, { columns: 200, rows: 60 });
  expect(window.stdout).toMatchObject({ columns: 200, rows: 60 });
});

test('of a resize only one hears, with a blank screen; of all else whoever listens', () => {
  const { stdout, written, window } = terminal(80, 24);
  for (const event of ['resize', 'error']) window.stdout.on(event, () => written.push(event));
  const end = window.onResized(() => written.push('painted'));
  stdout.emit('error');
  stdout.emit('resize');
  process.emit('SIGWINCH', 'SIGWINCH');
  end();
  process.emit('SIGWINCH', 'SIGWINCH');
  expect(written).toEqual(['error', '\x1b[?2026h\x1b[H\x1b[J', 'painted']);
});

test('is repainted when the terminal takes it, and not once the view has ended', () => {
  const waiting = new Set<() => void>();
  const written: string[] = [];
  const output = {
    write: (text: string) => void written.push(text),
    whenFree: (act: () => void) => void waiting.add(act),
    forget: () => {},
  };
  const window = openWindow(new EventEmitter() as unknown as NodeJS.WriteStream, output);
  const end = window.onResized(() => written.push('painted'));
  for (let time = 0; time < 3; time++) window.repaint();
  expect([waiting.size, written]).toEqual([1, []]);
  for (const act of waiting) act();
  expect(written).toHaveLength(2);
  end();
  for (const act of waiting) act();
  expect(written).toHaveLength(2);
});
