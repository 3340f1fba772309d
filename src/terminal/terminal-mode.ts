import { onExit } from 'signal-exit';
import type { Output } from './output.ts';

/** A terminal mode that is switched off while another program has the terminal. */
export interface TerminalMode {
  readonly isOn: () => boolean;
  /**
   * Waits for what the terminal has still to say for it. Called while the keyboard is still read key by key: the terminal's
   * driver would show what comes later.
   */
  readonly settle: () => void;
  readonly pause: () => void;
  readonly resume: () => void;
  /** Switches it off for good. */
  readonly end: () => void;
}

/** What switches a mode. */
export interface ModeSequences {
  readonly on: () => string;
  readonly off: string;
  /** Called before it is switched off; may throw where the terminal is gone. */
  readonly beforeOff?: () => void;
}

/**
 * Writes `on()` to the terminal, and `off` once for it: at a pause, at the end, or when the process ends, however it
 * does. What is written may still wait for the terminal then.
 */
export function terminalMode(output: Pick<Output, 'write'>, mode: ModeSequences): TerminalMode {
  const { on, off, beforeOff } = mode;
  let isOn = false;
  const resume = () => {
    if (isOn) return;
    isOn = true;
    output.write(on());
  };
  const settle = () => ifThere(() => beforeOff?.());
  const pause = () => {
    if (!isOn) return;
    isOn = false;
    settle();
    output.write(off);
  };
  // Registered before the mode is on: without a listener, signals kill at once. Both are needed: signal-exit does not
  // see an uncaught exception, and a signal emits no 'exit'.
  const forget = onExit(pause);
  process.once('exit', pause);
  resume();
  return {
    isOn: () => isOn,
    settle,
    pause,
    resume,
    end() {
      // First of all: without a listener, signals kill at once.
      pause();
      forget();
      process.off('exit', pause);
    },
  };
}

/** Does what fails where the terminal is gone, and its modes with it. */
function ifThere(act: () => void): void {
  try {
    act();
  } catch {
    // Nobody is there to be told.
  }
}
