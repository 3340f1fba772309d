import type { Window } from '../ui/start.tsx';
import type { Output } from './output.ts';
import { type TerminalMode, terminalMode } from './terminal-mode.ts';

const HOME_AND_ERASE_DOWN = '\x1b[H\x1b[J';
/** Ends with the frame that follows. */
const BEGIN_FRAME = '\x1b[?2026h';
const END_FRAME = '\x1b[?2026l';
/** DECAWM, which every terminal has and has on. */
const NO_WRAP = '\x1b[?7l';
const WRAP = '\x1b[?7h';

/** Size of a terminal that does not know its own, such as a serial one. */
const USUAL = { columns: 80, rows: 24 };

/**
 * A stdout that never tells Ink of a resize: its answer is a frame of the old size in the new one. It has a size
 * in any case, and the new one as soon as there is one.
 */
export function openWindow(stdout: NodeJS.WriteStream, output: WindowOutput): Window {
  const on = (event: string, listener: (...args: unknown[]) => void) => {
    if (event !== 'resize') stdout.on(event, listener);
    return quiet;
  };
  const quiet = writingTo(output, stdout, {
    on: { value: on },
    columns: { get: () => stdout.columns || USUAL.columns },
    rows: { get: () => stdout.rows || USUAL.rows },
  });
  let repaintNow: (() => void) | undefined;
  // The view may have ended until then.
  const repaintFree = () => repaintNow?.();
  const repaint = () => output.whenFree(repaintFree);
  return {
    stdout: quiet,
    onResized(draw) {
      repaintNow = () => {
        output.write(BEGIN_FRAME + HOME_AND_ERASE_DOWN);
        draw();
      };
      const end = listen(repaint);
      return () => {
        end();
        repaintNow = undefined;
      };
    },
    repaint,
    whenFree: (draw) => output.whenFree(draw),
    forget: () => output.forget(),
  };
}

/** For what is heard: earlier sentences are above, and the terminal wraps them. */
export function openSpokenWindow(stdout: NodeJS.WriteStream, output: WindowOutput): Window {
  return {
    stdout: writingTo(output, stdout),
    onResized: () => () => {},
    repaint: () => {},
    whenFree: (speak) => output.whenFree(speak),
    forget: () => output.forget(),
  };
}

type WindowOutput = Pick<Output, 'write' | 'whenFree' | 'forget'>;

/** `stdout`, but for what is written, and what `properties` are. */
function writingTo(
  output: WindowOutput,
  stdout: NodeJS.WriteStream,
  properties: PropertyDescriptorMap = {},
): NodeJS.WriteStream {
  // Ink waits for what is written before it leaves: not for a terminal that nobody reads.
  const write = (text: string, written?: () => void) => {
    output.write(text);
    if (written !== undefined) queueMicrotask(written);
    return true;
  };
  return Object.create(stdout, { ...properties, write: { value: write } }) as NodeJS.WriteStream;
}

/**
 * Keeps each line in its row: a terminal may count more columns for a character than we do, and one line that goes on in the next
 * row pushes the top of the screen out of it. Ends a frame, too, that was begun for a resize, if the view ends or is suspended
 * before it is drawn.
 */
export function frameMode(output: Output): TerminalMode {
  return terminalMode(output, { on: () => NO_WRAP, off: END_FRAME + WRAP });
}

/**
 * Node's own `resize` event is not enough: a size that changed there and back before it was looked at is none
 * to Node, but the terminal has cut or folded what stood on the screen.
 */
function listen(repaint: () => void): () => void {
  process.on('SIGWINCH', repaint);
  return () => process.off('SIGWINCH', repaint);
}
