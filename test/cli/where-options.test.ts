import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../bin/ephtop.cjs');

function ephtop(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const SEVERAL = '--pid, --netns and --all-namespaces exclude each other.';
const NOT_ALL = '--all-namespaces is for the live view and snapshot.';

test.each([
  [['snapshot', '--pid', '1', '--netns', 'blue'], SEVERAL],
  [['advise', '--pid', '1', '--all-namespaces'], SEVERAL],
  [['advise', '--all-namespaces'], NOT_ALL],
  [['exporter', '--all-namespaces'], NOT_ALL],
  [['record', '--all-namespaces', '-o', '/nonexistent/x'], NOT_ALL],
])('%j is an error in one sentence', (args, sentence) => {
  expect(ephtop(...args)).toEqual({ status: 2, stdout: '', stderr: `ephtop: ${sentence}\n` });
});

test('check is UNKNOWN at once, and says so in one line', () => {
  const { status, stdout } = ephtop('check', '--all-namespaces');
  expect({ status, stdout }).toEqual({ status: 3, stdout: `EPHTOP UNKNOWN: ${NOT_ALL}\n` });
});

test.each(['0', 'x', '-1', '1.5', ''])('--pid %j is no process', (text) => {
  const { status, stderr } = ephtop('snapshot', `--pid=${text}`);
  expect(status).toBe(2);
  expect(stderr).toContain('Write the number of a process.');
});
