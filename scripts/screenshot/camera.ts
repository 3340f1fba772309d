import type { Terminal } from '../../test/helpers/terminal.ts';
import type { Shown } from './frames.ts';
import { toSvg } from './svg.ts';
import type { Caption } from './window.ts';

/** Takes a picture whenever the screen of a terminal changes, until it is disposed of. */
export class Camera implements Disposable {
  /** The screens as SVG, in order. */
  readonly shown: Shown<string>[] = [];
  readonly #terminal: Terminal;
  readonly #listener: { dispose(): void };
  #caption: Caption | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    // The terminal is given whole frames: after each of them there is nothing half drawn.
    this.#listener = terminal.emulator.onWriteParsed(() => this.#take());
    this.#take();
  }

  /** What to write in the window's title bar from now on. */
  set caption(caption: Caption | undefined) {
    this.#caption = caption;
    this.#take();
  }

  [Symbol.dispose](): void {
    this.#listener.dispose();
  }

  #take(): void {
    const picture = toSvg(this.#terminal.emulator, this.#caption);
    this.shown.push({ atMs: performance.now(), picture });
  }
}
