import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PARSERS } from '../../scripts/fuzz/parsers.ts';

const ROOT = join(import.meta.dirname, '../..');
const run = (...words: string[]) =>
  spawnSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8' });

test('the loop finds a fault that only coverage leads to, and time that is not linear', () => {
  const { stdout } = run('test/fuzz/planted.ts');
  const [hidden, quadratic, linear] = JSON.parse(stdout) as { problem: string; bytes: number }[][];
  expect(hidden).toEqual([{ bytes: 4, problem: expect.stringContaining('TypeError: found') }]);
  expect(quadratic).toEqual([
    { bytes: expect.any(Number), problem: expect.stringMatching(/^\d+ bytes take \d+ ms of CPU$/) },
  ]);
  expect(linear).toEqual([]);
});

// The executions and the seed decide, not the time; by hand it runs for hours.
test('a short run guided by coverage finds nothing in any parser', () => {
  const { status, stdout } = run('scripts/fuzz.ts', '--executions', '300', '--seed', '1');
  expect({ status, findings: stdout.match(/^ {2}.*$/gm) }).toEqual({ status: 0, findings: null });
  for (const { name } of PARSERS) expect(stdout).toContain(`${name}: 3`);
});
