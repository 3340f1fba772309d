import { useStdout } from 'ink';

/** Columns and rows of the terminal; whoever sees them change must render again. */
export function useTerminalSize(): { columns: number; rows: number } {
  // Ink declares less than what it was given.
  const { columns, rows } = useStdout().stdout as NodeJS.WriteStream;
  return { columns, rows };
}
