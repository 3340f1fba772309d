import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Output } from '../../src/terminal/output.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A terminal that takes so many bytes, and no more until it is read. */
function terminal(room = Infinity) {
  const screen = { text: '', left: '', room, nowMs: 0, errors: [] as unknown[], isGone: false };
  const output = new Output({
    write(bytes) {
      if (screen.isGone) throw new Error('EIO');
      const taken = Math.min(screen.room, bytes.length);
      screen.room -= taken;
      screen.text += Buffer.from(bytes.subarray(0, taken)).toString();
      return taken === 0 ? undefined : taken;
    },
    onError: (error) => screen.errors.push(error),
    now: () => screen.nowMs,
    sleep: (ms) => (screen.nowMs += ms),
    leave: (bytes) => (screen.left += bytes.toString()),
  });
  return { screen, output };
}

test('what is written comes at once, and then there is nothing to wait for', () => {
  const { screen, output } = terminal();
  output.write('frame');
  const draw = vi.fn<() => void>();
  output.whenFree(draw);
  expect([screen.text, output.isFree, draw.mock.calls.length]).toEqual(['frame', true, 1]);
  expect(vi.getTimerCount()).toBe(0);
});

test('a terminal that takes nothing gets the rest in order once it does, and then one new frame', () => {
  const { screen, output } = terminal(2);
  const draw = vi.fn<() => void>(() => output.write('new'));
  output.write('frame ');
  output.write('mode ');
  for (let time = 0; time < 100; time++) output.whenFree(draw);
  vi.advanceTimersByTime(60_000);
  expect([screen.text, draw.mock.calls.length]).toEqual(['fr', 0]);
  screen.room = Infinity;
  vi.advanceTimersByTime(100);
  expect([screen.text, draw.mock.calls.length]).toEqual(['frame mode new', 1]);
  expect(vi.getTimerCount()).toBe(0);
});

test('whoever draws while another waits does so before the other', () => {
  const { screen, output } = terminal(0);
  output.write('0');
  output.whenFree(() => output.write('12'));
  output.whenFree(() => output.write('3'));
  screen.room = 2;
  vi.advanceTimersByTime(100);
  expect(screen.text).toBe('01');
  screen.room = 2;
  vi.advanceTimersByTime(100);
  expect(screen.text).toBe('0123');
});

test('what is given back comes instead of the rest of a frame, whose sequence is cancelled', () => {
  const { screen, output } = terminal(3);
  output.write('\x1b[31mframe');
  output.write('another');
  output.forget();
  output.write('\x1b[?1049l');
  screen.room = Infinity;
  output.flush();
  expect(screen.text).toBe('\x1b[3\x18\x1b[?1049l');
});

test('nothing is cancelled where the terminal has taken nothing, or all', () => {
  for (const room of [0, 5]) {
    const { screen, output } = terminal(room);
    output.write('frame');
    output.forget();
    output.write('end');
    screen.room = Infinity;
    output.flush();
    expect(screen.text).toBe(room === 0 ? 'end' : 'frameend');
  }
});

test('the last words wait a second, once, and are left to be written later', () => {
  const { screen, output } = terminal(0);
  output.write('one');
  output.finish();
  expect([screen.nowMs, output.isFree, screen.left]).toEqual([1000, true, 'one']);
  output.write('two');
  output.finish();
  expect([screen.nowMs, screen.left]).toEqual([1000, 'onetwo']);
  // It is read again, as after a stop.
  screen.room = 1;
  output.write('three');
  output.flush();
  expect([screen.nowMs, screen.text, screen.left]).toEqual([2000, 't', 'onetwo']);
});

test('a frame that was cut is cancelled in what is left', () => {
  const { screen, output } = terminal(3);
  output.write('\x1b[31mframe');
  output.forget();
  output.write('\x1b[?1049l');
  output.finish();
  expect([screen.text, screen.left]).toEqual(['\x1b[3', '\x18\x1b[?1049l']);
});

test('memory is bounded, whatever is written', () => {
  const { screen, output } = terminal(0);
  for (let time = 0; time < 300; time++) output.write('x'.repeat(10_000));
  screen.room = Infinity;
  vi.advanceTimersByTime(100);
  expect(screen.text.length).toBeGreaterThan(1_000_000);
  expect(screen.text.length).toBeLessThanOrEqual(1_010_000);
});

test('a terminal that is gone is told once', () => {
  const { screen, output } = terminal();
  screen.isGone = true;
  for (let time = 0; time < 3; time++) output.write('x');
  output.flush();
  expect(screen.errors).toHaveLength(1);
  expect(screen.nowMs).toBe(0);
});
