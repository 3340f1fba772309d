import type { JobControl, LendTerminal } from '../ui/hooks/use-job-control.ts';
import type { BorrowedMode } from './borrowed-mode.ts';

/**
 * Stops and goes on like a program that leaves the keyboard to the terminal. What is `borrowed` is given back
 * while it is stopped.
 */
export function jobControl(borrowed: readonly BorrowedMode[]): JobControl {
  let lend: LendTerminal | undefined;

  const listen = () => {
    process.on('SIGTSTP', suspend);
    process.on('SIGCONT', takeAgain);
  };
  // With their default actions, the kernel itself stops the program, or does not: where no shell would
  // wake it up again (an orphaned process group).
  const stopListening = () => {
    process.off('SIGTSTP', suspend);
    process.off('SIGCONT', takeAgain);
  };

  async function lendWhile(whileAway: () => void): Promise<void> {
    if (lend === undefined) return;
    const lendNow = lend;
    lend = undefined;
    stopListening();
    await lendNow(() => {
      for (const mode of borrowed) mode.pause();
      whileAway();
    });
    // Only now: in the background, taking the keyboard has stopped the program again, and nothing must
    // be written to a terminal that is another's.
    for (const mode of borrowed) mode.resume();
    lend = lendNow;
    listen();
    // The window may have got another size, which the terminal tells its foreground only.
    process.emit('SIGWINCH', 'SIGWINCH');
  }

  // The whole group, as the terminal does: a shell waits for the launcher or npm, and would not see
  // that their child has stopped. It takes effect before kill() returns.
  function suspend(): void {
    void lendWhile(() => process.kill(0, 'SIGTSTP'));
  }

  /** After a stop that could not be seen coming (SIGSTOP), the terminal may be in any state. */
  function takeAgain(): void {
    // Stops in the background, before anything is written.
    process.stdin.setRawMode(false);
    void lendWhile(() => {});
  }

  return {
    suspend,
    start(lendTerminal) {
      lend = lendTerminal;
      listen();
      return () => {
        lend = undefined;
        stopListening();
      };
    },
  };
}
