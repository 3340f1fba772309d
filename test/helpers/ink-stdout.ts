import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { render } from 'ink';
import type { ReactNode } from 'react';
import { onTestFinished } from 'vitest';

/** Size of the pretended terminal in cells. */
export type FrameSize = { columns: number; rows: number };

/** A component rendered by Ink into memory. */
export type Rendered = {
  /** Every frame drawn so far, with its colours. */
  readonly frames: readonly string[];
  readonly stdin: FakeStdin;
  /** The latest frame that is not empty, with its colours; empty before the first. */
  readonly lastFrame: () => string;
  /** The latest frame without colours. */
  readonly lastText: () => string;
  /** Resolves with the first frame, from the latest on, whose text holds what is expected. */
  readonly waitForFrame: (expected: string | RegExp, timeoutMs?: number) => Promise<string>;
  readonly rerender: (node: ReactNode) => void;
  readonly resize: (size: FrameSize) => void;
  /** Resolves when Ink has drawn all it knows of. */
  readonly flush: () => Promise<void>;
  readonly unmount: () => void;
};

/** Renders at a width and height of choice until the test ends; ink-testing-library knows 100 columns only. */
export function renderAt(node: ReactNode, size: FrameSize): Rendered {
  const stdout = new FrameStdout(size);
  const stdin = new FakeStdin();
  const instance = render(node, {
    stdout,
    stderr: new FrameStdout(size),
    stdin: stdin as unknown as NodeJS.ReadStream,
    debug: true, // every frame whole and at once, with no cursor movements
    interactive: true, // else Ink ignores a resize
    exitOnCtrlC: false,
    patchConsole: false,
  });
  onTestFinished(() => instance.unmount());
  return {
    frames: stdout.frames,
    stdin,
    lastFrame: () => stdout.lastFrame(),
    lastText: () => stripVTControlCharacters(stdout.lastFrame()),
    waitForFrame: (expected, timeoutMs = 2_000) => stdout.waitForFrame(expected, timeoutMs),
    rerender: (next) => instance.rerender(next),
    resize: (next) => stdout.resize(next),
    flush: () => instance.waitUntilRenderFlush(),
    unmount: () => instance.unmount(),
  };
}

/** Keeps what Ink writes. A real Writable: Ink waits for its write callbacks. */
class FrameStdout extends Writable {
  readonly frames: string[] = [];
  columns: number;
  rows: number;

  constructor({ columns, rows }: FrameSize) {
    super({ decodeStrings: false });
    this.columns = columns;
    this.rows = rows;
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    this.frames.push(chunk);
    done();
    this.emit('frame');
  }

  // The last write of a flush or an unmount is empty or a lone newline.
  lastFrame(): string {
    return this.frames.findLast((frame) => frame.trim() !== '') ?? '';
  }

  resize({ columns, rows }: FrameSize): void {
    this.columns = columns;
    this.rows = rows;
    this.emit('resize');
  }

  waitForFrame(expected: string | RegExp, timeoutMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer);
        this.off('frame', check);
        act();
      };
      const check = () => {
        const text = stripVTControlCharacters(this.lastFrame());
        const found =
          typeof expected === 'string' ? text.includes(expected) : text.search(expected) >= 0;
        if (found) settle(() => resolve(text));
      };
      const timer = setTimeout(
        () => settle(() => reject(new Error(`no frame with ${expected}:\n${this.lastFrame()}`))),
        timeoutMs,
      );
      this.on('frame', check);
      check();
    });
  }
}

/** A keyboard: what is written before a component listens is kept for it. */
export class FakeStdin extends EventEmitter {
  readonly isTTY = true;
  readonly #unread: string[] = [];

  /** Types `keys`, as the bytes that a terminal would send. */
  write(keys: string): void {
    this.#unread.push(keys);
    this.emit('readable');
  }

  read(): string | null {
    return this.#unread.shift() ?? null;
  }

  // Ink subscribes in an effect, that is after the first frame.
  override addListener(event: string, listener: (...args: unknown[]) => void): this {
    super.addListener(event, listener);
    if (event === 'readable' && this.#unread.length > 0) {
      queueMicrotask(() => this.emit('readable'));
    }
    return this;
  }

  // What Ink calls on a terminal's stdin; there is nothing to switch here.
  setEncoding(): void {}
  setRawMode(): void {}
  resume(): void {}
  pause(): void {}
  ref(): void {}
  unref(): void {}
}
