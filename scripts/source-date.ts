/** The date that everything made of this checkout bears, so that it is the same whenever it is made. */
import { execFileSync } from 'node:child_process';

import { ROOT } from './bundle.ts';

/**
 * Unix time: SOURCE_DATE_EPOCH if it is set, else the date of the last commit.
 *
 * @see https://reproducible-builds.org/specs/source-date-epoch/
 */
export function sourceDate(): number {
  const { SOURCE_DATE_EPOCH: given } = process.env;
  if (given !== undefined && given !== '') return Number(given);
  return Number(execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: ROOT }));
}
