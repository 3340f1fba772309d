import { EventEmitter } from 'node:events';
import type { MouseEvent } from '../ui/mouse.ts';
import { type TerminalMode, terminalMode } from './terminal-mode.ts';
import { PasteMarks } from './paste-marks.ts';
import { ReportParser } from './report-parser.ts';

// xterm's private modes (ctlseqs): the terminal says when its window comes to the front or leaves it (1004),
// and which button was pressed (1000) where, in digits (1006).
const FOCUS = [1004];
const MOUSE = [1000, 1006];

/** What the terminal reports besides keys. */
export interface TerminalReports extends TerminalMode {
  readonly onFocus: (listener: (focused: boolean) => void) => () => void;
  readonly onMouse: (listener: (event: MouseEvent) => void) => () => void;
  /** Whether the mouse is ours, as it is at first, or the terminal's own; without `mouse` it always is the latter. */
  readonly setMouse: (wanted: boolean) => void;
}

/**
 * Asks the terminal on stdout for reports of focus and, where wanted, of the mouse. They end with `end`, and
 * with the process, however it ends.
 */
export function askForReports({ mouse }: { readonly mouse: boolean }): TerminalReports {
  let isMouseWanted = mouse;
  const events = new EventEmitter<{ focus: [focused: boolean]; mouse: [event: MouseEvent] }>();
  const parser = new ReportParser();
  const stopWatching = watchInput((text) => {
    for (const report of parser.push(text)) {
      if (report.type === 'focus') events.emit('focus', report.focused);
      else events.emit('mouse', report);
    }
  });
  const borrowed = terminalMode({
    on: () => sequence(isMouseWanted ? [...FOCUS, ...MOUSE] : FOCUS, 'h'),
    off: sequence(mouse ? [...FOCUS, ...MOUSE] : FOCUS, 'l'),
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
    setMouse(wanted) {
      if (!mouse || wanted === isMouseWanted) return;
      isMouseWanted = wanted;
      // A frame of its own, like all that is written while the view is on.
      if (borrowed.isOn())
        process.stdout.write(`\x1b[?2026h${sequence(MOUSE, wanted ? 'h' : 'l')}\x1b[?2026l`);
    },
    ...borrowed,
    end() {
      stopWatching();
      borrowed.end();
    },
  };
}

function sequence(modes: readonly number[], final: 'h' | 'l'): string {
  return modes.map((mode) => `\x1b[?${mode}${final}`).join('');
}

/** Sees everything read from stdin, because Ink drops sequences that are not keys. It never makes Ink wait. */
function watchInput(onText: (text: string) => void): () => void {
  const { stdin } = process;
  const read = stdin.read.bind(stdin);
  const paste = new PasteMarks();
  stdin.read = (size?: number) => {
    const chunk: unknown = read(size);
    if (typeof chunk !== 'string') return chunk;
    onText(chunk);
    return paste.closed(chunk);
  };
  return () => {
    stdin.read = read;
  };
}
