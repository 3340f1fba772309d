import { useApp } from 'ink';
import { useEffect } from 'react';

/** Gives the terminal back as it was, calls `whileAway`, and takes and repaints it again. */
export type LendTerminal = (whileAway: () => void) => Promise<void>;

/** Stopping and going on, as a shell with job control knows it. */
export interface JobControl {
  /** Stops the program as Ctrl-Z stops one that does not read the keyboard key by key. */
  readonly suspend: () => void;
  /** Obeys the signals of job control from now on; returns the function that ends it. */
  readonly start: (lend: LendTerminal) => () => void;
}

/** Lets `jobControl` have the terminal whenever the program is stopped. */
export function useJobControl(jobControl: JobControl | undefined): void {
  const { suspendTerminal } = useApp();
  useEffect(
    () => jobControl?.start((whileAway) => suspendTerminal(whileAway)),
    [jobControl, suspendTerminal],
  );
}
