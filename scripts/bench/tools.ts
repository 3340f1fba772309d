import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What people type to count connections per destination. */
export const PIPELINE = `ss -tan | awk 'NR > 1 { n[$5]++ } END { for (d in n) print n[d], d }'`;

/** Whether a command is in the search path; one that is not needed is always there. */
export function isInstalled(command: string | undefined): boolean {
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  return (
    command === undefined || directories.some((directory) => existsSync(join(directory, command)))
  );
}
