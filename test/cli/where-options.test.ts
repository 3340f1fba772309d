import { expect, test } from 'vitest';
import { ephtop } from '../helpers/launcher.ts';

const SEVERAL = '--pid, --netns and --all-namespaces exclude each other.';

test.each([
  [['snapshot', '--pid', '1', '--netns', 'blue'], SEVERAL],
  [['advise', '--pid', '1', '--all-namespaces'], SEVERAL],
  [['exporter', '--netns', 'blue', '--all-namespaces'], SEVERAL],
  [['record', '--pid', '1', '--all-namespaces', '-o', '/nonexistent/x'], SEVERAL],
  [['snapshot', '--via', 'sh', '--via', 'sh'], '--via "sh" is given twice.'],
])('%j is an error in one sentence', (args, sentence) => {
  expect(ephtop(...args)).toEqual({ status: 2, stdout: '', stderr: `ephtop: ${sentence}\n` });
});

test('check is UNKNOWN at once, and says so in one line', () => {
  const { status, stdout } = ephtop('check', '--pid', '1', '--all-namespaces');
  expect({ status, stdout }).toEqual({ status: 3, stdout: `EPHTOP UNKNOWN: ${SEVERAL}\n` });
});

test.each(['0', 'x', '-1', '1.5', ''])('--pid %j is no process', (text) => {
  const { status, stderr } = ephtop('snapshot', `--pid=${text}`);
  expect(status).toBe(2);
  expect(stderr).toContain('Write the number of a process.');
});
