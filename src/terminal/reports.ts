import { EventEmitter } from 'node:events';
import type { MouseEvent } from '../ui/mouse.ts';
import type { Background } from '../ui/palettes.ts';
import type { Output } from './output.ts';
import { type TerminalMode, terminalMode } from './terminal-mode.ts';
import { AnswerFilter } from './answers.ts';
import { BackgroundWatch } from './background-watch.ts';
import { watchInput } from './input.ts';
import { ReportParser } from './report-parser.ts';

// xterm's private modes (ctlseqs): the terminal says when its window comes to the front or leaves it (1004), where a
// paste begins and ends (2004), and which button was pressed (1000) where, in digits (1006). Contour's: that its colours
// turn dark or light (2031).
const FOCUS = [1004];
const PASTE = [2004];
const MOUSE = [1000, 1006];
const SCHEME = [2031];

/** What the terminal reports besides keys. */
export interface TerminalReports extends TerminalMode {
  readonly onFocus: (listener: (focused: boolean) => void) => () => void;
  readonly onMouse: (listener: (event: MouseEvent) => void) => () => void;
  readonly onPaste: (listener: (text: string) => void) => () => void;
  /** Whether the mouse is ours, as it is at first, or the terminal's own; without `mouse` it always is the latter. */
  readonly setMouse: (wanted: boolean) => void;
  /** Asks for the background, and calls back with what the terminal says of it, then and later. */
  readonly onBackground: (listener: (background: Background) => void) => () => void;
}

/**
 * Asks the terminal for reports of focus, of pastes and, where wanted, of the mouse and of its colours. They end with
 * `end`, and with the process, however it ends.
 */
export function askForReports(
  output: Output,
  wanted: { readonly mouse: boolean; readonly colors: boolean },
): TerminalReports {
  const modes = [
    ...FOCUS,
    ...PASTE,
    ...(wanted.mouse ? MOUSE : []),
    ...(wanted.colors ? SCHEME : []),
  ];
  let isMouseWanted = wanted.mouse;
  const events = new EventEmitter<{
    focus: [focused: boolean];
    mouse: [event: MouseEvent];
    paste: [text: string];
  }>();
  const parser = new ReportParser();
  const watch = new BackgroundWatch({
    write: (text) => output.write(text),
    now: () => performance.now(),
  });
  const input = watchInput(new AnswerFilter(), watch, {
    onKeys(text) {
      for (const report of parser.push(text)) {
        if (report.type === 'focus') events.emit('focus', report.focused);
        else events.emit('mouse', report);
      }
    },
    onPaste: (text) => events.emit('paste', text),
  });
  const borrowed = terminalMode(output, {
    on: () => sequence(isMouseWanted ? modes : modes.filter((mode) => !MOUSE.includes(mode)), 'h'),
    off: sequence(modes, 'l'),
    beforeOff: input.settle,
  });
  return {
    onFocus(listener) {
      events.on('focus', listener);
      return () => events.off('focus', listener);
    },
    onMouse(listener) {
      events.on('mouse', listener);
      return () => events.off('mouse', listener);
    },
    onPaste(listener) {
      events.on('paste', listener);
      return () => events.off('paste', listener);
    },
    setMouse(isOurs) {
      if (!wanted.mouse || isOurs === isMouseWanted) return;
      isMouseWanted = isOurs;
      // A frame of its own, like all that is written while the view is on.
      if (borrowed.isOn())
        output.write(`\x1b[?2026h${sequence(MOUSE, isOurs ? 'h' : 'l')}\x1b[?2026l`);
    },
    onBackground: (listener) => (wanted.colors ? watch.listen(listener) : () => {}),
    ...borrowed,
    resume() {
      borrowed.resume();
      // It may have changed meanwhile.
      watch.ask();
    },
    end() {
      borrowed.end();
      input.end();
    },
  };
}

function sequence(modes: readonly number[], final: 'h' | 'l'): string {
  return modes.map((mode) => `\x1b[?${mode}${final}`).join('');
}
