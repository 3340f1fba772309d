import type { Window } from '../ui/start.tsx';
import { type TerminalMode, terminalMode } from './terminal-mode.ts';

const HOME_AND_ERASE_DOWN = '\x1b[H\x1b[J';
/** Ends with the frame that follows. */
const BEGIN_FRAME = '\x1b[?2026h';
const END_FRAME = '\x1b[?2026l';

/** Size of a terminal that does not know its own, such as a serial one. */
const USUAL = { columns: 80, rows: 24 };

/**
 * A stdout that never tells Ink of a resize: its answer is a frame of the old size in the new one. It has a size
 * in any case, and the new one as soon as there is one.
 */
export function openWindow(stdout: NodeJS.WriteStream): Window {
  const on = (event: string, listener: (...args: unknown[]) => void) => {
    if (event !== 'resize') stdout.on(event, listener);
    return quiet;
  };
  const quiet = Object.create(stdout, {
    on: { value: on },
    columns: { get: () => stdout.columns || USUAL.columns },
    rows: { get: () => stdout.rows || USUAL.rows },
  }) as NodeJS.WriteStream;
  let repaintNow: (() => void) | undefined;
  return {
    stdout: quiet,
    onResized(draw) {
      repaintNow = () => {
        stdout.write(BEGIN_FRAME + HOME_AND_ERASE_DOWN);
        draw();
      };
      return listen(repaintNow);
    },
    repaint: () => repaintNow?.(),
  };
}

/** Ends a frame that was begun for a resize, if the view ends or is suspended before the frame is drawn. */
export function frameMode(): TerminalMode {
  return terminalMode({ on: () => '', off: END_FRAME });
}

/**
 * Node's own `resize` event is not enough: a size that changed there and back before it was looked at is none
 * to Node, but the terminal has cut or folded what stood on the screen.
 */
function listen(repaint: () => void): () => void {
  process.on('SIGWINCH', repaint);
  return () => process.off('SIGWINCH', repaint);
}
