import { writeSync } from 'node:fs';
import { onExit } from 'signal-exit';

// xterm's mode 1004 (ctlseqs): the terminal says when its window comes to the front, or leaves it.
const REPORTS_ON = '\x1b[?1004h';
const REPORTS_OFF = '\x1b[?1004l';

/** Asks the terminal on stdout for focus reports. They end with the returned function, and with the process, however it ends. */
export function askForFocusReports(): () => void {
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
    forget();
    process.off('exit', end);
    end();
  };
}
