import { printable } from '../kernel/foreign-text.ts';
import { type TerminalMode, terminalMode } from './terminal-mode.ts';
import type { Output } from './output.ts';
import { type Environment, isConsole } from './environment.ts';

// xterm's ctlseqs: the title goes onto the terminal's stack, and comes from there again; OSC 2 sets it.
const PUSH = '\x1b[22;2t';
const POP = '\x1b[23;2t';
const titled = (title: string) => `\x1b]2;${printable(title)}\x1b\\`;

export interface TerminalTitle extends TerminalMode {
  readonly set: (title: string) => void;
}

/** Takes the title of the terminal's window, where it has one. */
export function terminalTitleMode(output: Output, environment: Environment): TerminalTitle {
  let title = '';
  let shown = '';
  const mode = isConsole(environment)
    ? undefined
    : terminalMode(output, {
        on() {
          shown = title;
          return PUSH + (title && titled(title));
        },
        off: POP,
      });
  const show = () => {
    if (title === shown || mode?.isOn() !== true) return;
    shown = title;
    output.write(titled(title));
  };
  return {
    isOn: () => mode?.isOn() ?? false,
    settle: () => mode?.settle(),
    pause: () => mode?.pause(),
    resume: () => mode?.resume(),
    end: () => mode?.end(),
    set(next) {
      title = next;
      output.whenFree(show);
    },
  };
}
