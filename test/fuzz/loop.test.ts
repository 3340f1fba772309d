import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { PARSERS } from '../../scripts/fuzz/parsers.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Takes 12 s of CPU; on a machine that others use as well, many times that. */
const WITHIN_MS = 900_000;

/** What a script prints; rejects with it where the script fails. */
async function printed(...words: string[]): Promise<string> {
  const run = promisify(execFile)(process.execPath, words, { cwd: ROOT });
  const { stdout } = await run.catch((error: Error & { stdout?: string; stderr?: string }) => {
    throw new Error(`${error.message}\n${error.stdout}\n${error.stderr}`);
  });
  return stdout;
}

test(
  'the loop finds a fault that only coverage leads to, and time that is not linear',
  { timeout: WITHIN_MS },
  async () => {
    const found = JSON.parse(await printed('test/fuzz/planted.ts')) as unknown;
    expect(found).toEqual([
      [{ bytes: 4, problem: expect.stringContaining('TypeError: found') }],
      [{ bytes: 8192, problem: expect.stringMatching(/^8192 bytes take \d+ ms of CPU$/) }],
      [],
    ]);
  },
);

// The executions and the seed decide, not the time; by hand it runs for hours.
test(
  'a short run guided by coverage finds nothing in any parser',
  { timeout: WITHIN_MS },
  async () => {
    const stdout = await printed('scripts/fuzz.ts', '--executions', '128', '--seed', '1');
    const lines = PARSERS.map(({ name }) => expect.stringMatching(`^${name}: \\d+ executions`));
    expect(stdout.trimEnd().split('\n')).toEqual(lines);
  },
);
