import { writeSync } from 'node:fs';
import { onExit } from 'signal-exit';

// xterm's mode 1004 (ctlseqs): the terminal says when its window comes to the front, or leaves it.
const REPORTS_ON = '\x1b[?1004h';
const REPORTS_OFF = '\x1b[?1004l';
const FOCUSED = '\x1b[I';
const UNFOCUSED = '\x1b[O';

/**
 * Asks the terminal on stdout for focus reports, and passes them on. They end with the returned function,
 * and with the process, however it ends.
 */
export function askForFocusReports(onFocus: (focused: boolean) => void): () => void {
  const stopWatching = watchInput((text) => {
    const [focused, unfocused] = [text.lastIndexOf(FOCUSED), text.lastIndexOf(UNFOCUSED)];
    if (focused !== unfocused) onFocus(focused > unfocused);
  });
  const end = () => {
    try {
      writeSync(process.stdout.fd, REPORTS_OFF);
    } catch {
      // The terminal is gone, and its reports with it.
    }
  };
  process.stdout.write(REPORTS_ON);
  // An uncaught exception is the end without signal-exit's knowing, a signal without an 'exit'.
  const forget = onExit(end);
  process.once('exit', end);
  return () => {
    stopWatching();
    forget();
    process.off('exit', end);
    end();
  };
}

/** Shows what is read from stdin, whoever reads it: Ink drops the sequences that are no keys. */
function watchInput(onText: (text: string) => void): () => void {
  const { stdin } = process;
  const read = stdin.read.bind(stdin);
  stdin.read = (size?: number) => {
    const chunk: unknown = read(size);
    if (typeof chunk === 'string') onText(chunk);
    return chunk;
  };
  return () => {
    stdin.read = read;
  };
}
