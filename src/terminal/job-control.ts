import type { JobControl, LendTerminal } from '../ui/hooks/use-job-control.ts';
import type { Output } from './output.ts';
import type { TerminalMode } from './terminal-mode.ts';

/**
 * Stops and goes on like a program that leaves the keyboard to the terminal. What is `borrowed` is given back
 * while it is stopped.
 */
export function jobControl(borrowed: readonly TerminalMode[], output: Output): JobControl {
  /** Undefined: there is no view yet, or it has given the terminal back. */
  let lend: LendTerminal | undefined;
  /** A stop was asked for while nothing could be given back; it would stop with the terminal half taken. */
  let isAsked = false;
  /** It was stopped before there was a view. */
  let wasAway = false;

  // Restores the default actions: then the kernel stops the program, unless no shell could wake it up again (an
  // orphaned process group).
  const stopListening = () => {
    process.off('SIGTSTP', suspend);
    process.off('SIGCONT', takeAgain);
  };

  async function lendWhile(whileAway: () => void): Promise<void> {
    if (lend === undefined) return;
    const lendNow = lend;
    lend = undefined;
    stopListening();
    for (const mode of borrowed) mode.settle();
    // The view is drawn anew afterwards.
    output.forget();
    await lendNow(() => {
      for (const mode of borrowed) mode.pause();
      output.flush();
      whileAway();
      process.on('SIGTSTP', suspend);
    });
    // Only now: in the background, taking the keyboard has stopped the program again, and nothing must
    // be written to a terminal that is another's.
    for (const mode of borrowed) mode.resume();
    // The window may have got another size, which the terminal tells its foreground only.
    process.emit('SIGWINCH', 'SIGWINCH');
    process.on('SIGCONT', takeAgain);
    haveTerminal(lendNow);
  }

  function haveTerminal(lendTerminal: LendTerminal): void {
    lend = lendTerminal;
    if (isAsked) suspend();
    else if (wasAway) takeAgain();
  }

  // The whole group, as the terminal does: a shell waits for the launcher or npm, and would not see
  // that their child has stopped. It takes effect before kill() returns.
  function suspend(): void {
    isAsked = lend === undefined;
    void lendWhile(() => process.kill(0, 'SIGTSTP'));
  }

  /** After a stop that could not be seen coming (SIGSTOP), the terminal may be in any state. */
  function takeAgain(): void {
    wasAway = lend === undefined;
    if (wasAway) return;
    // Stops in the background, before anything is written.
    process.stdin.setRawMode(false);
    void lendWhile(() => {});
  }

  process.on('SIGTSTP', suspend);
  process.on('SIGCONT', takeAgain);
  return {
    suspend,
    start(lendTerminal) {
      haveTerminal(lendTerminal);
      return () => {
        lend = undefined;
        stopListening();
      };
    },
  };
}
