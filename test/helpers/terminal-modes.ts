import type { Terminal as Emulator } from '@xterm/headless';

/** Modes that a program must put back before it leaves. */
export type TerminalState = {
  alternateScreen: boolean;
  cursorVisible: boolean;
  /** What has no room in its row goes on in the next one. */
  autowrap: boolean;
  bracketedPaste: boolean;
  focusReports: boolean;
  /** Reports of dark and light colours. */
  schemeReports: boolean;
  /** DEC private modes of mouse reporting that are on, such as 1000 (buttons) and 1006 (SGR). */
  mouseModes: number[];
};

const AUTOWRAP = 7;
const CURSOR = 25;
const FOCUS_REPORTS = 1004;
const BRACKETED_PASTE = 2004;
const SCHEME_REPORTS = 2031;
const MOUSE_MODES = [9, 1000, 1002, 1003, 1005, 1006, 1015, 1016];

/** Follows the DEC private modes that a program switches; the emulator does not tell all of them. */
export class TerminalModes {
  readonly #emulator: Emulator;
  readonly #on = new Set([CURSOR, AUTOWRAP]);

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
    this.#follow('h', (mode) => this.#on.add(mode));
    this.#follow('l', (mode) => this.#on.delete(mode));
  }

  /** The modes as they are by all that was written so far. */
  state(): TerminalState {
    return {
      alternateScreen: this.#emulator.buffer.active.type === 'alternate',
      cursorVisible: this.#on.has(CURSOR),
      autowrap: this.#on.has(AUTOWRAP),
      bracketedPaste: this.#on.has(BRACKETED_PASTE),
      focusReports: this.#on.has(FOCUS_REPORTS),
      schemeReports: this.#on.has(SCHEME_REPORTS),
      mouseModes: MOUSE_MODES.filter((mode) => this.#on.has(mode)),
    };
  }

  #follow(final: 'h' | 'l', apply: (mode: number) => void): void {
    this.#emulator.parser.registerCsiHandler({ prefix: '?', final }, (modes) => {
      for (const mode of modes.flat()) apply(mode);
      return false; // the emulator's own handler comes next
    });
  }
}
