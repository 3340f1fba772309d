import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hiddenProcesses } from '../../src/source/hidden-processes.ts';
import { procRoot } from '../../src/source/proc-root.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ephtop-hidden-'));
  mkdirSync(join(directory, 'self'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function hidden(options: string, capabilities: string, groups: readonly number[]) {
  const mount = `22 27 0:21 / /host/proc rw - proc proc ${options}\n`;
  writeFileSync(join(directory, 'self/mountinfo'), mount);
  writeFileSync(join(directory, 'self/status'), `Name:\tnode\nCapEff:\t${capabilities}\n`);
  return hiddenProcesses(procRoot('/host/proc'), { own: procRoot(directory), groups });
}

const NONE = '0000000000000000';
const TRACER = '0000000000080000';

test.each([
  ['rw', NONE, [1000]],
  ['rw,hidepid=1', NONE, [1000]],
  ['rw,hidepid=2', TRACER, [1000]],
  ['rw,hidepid=2', NONE, [1000, 0]],
  ['rw,gid=24,hidepid=2', NONE, [1000, 24]],
])('nothing is hidden: %s, capabilities %s, groups %j', (options, capabilities, groups) => {
  expect(hidden(options, capabilities, groups)).toBeUndefined();
});

const SAID = 'all processes of other users are hidden (/host/proc is mounted with hidepid=';
const MOUNT_ANEW = 'or mount it with hidepid=invisible and gid= one of your groups';

test.each([
  ['rw,hidepid=2', `${SAID}2): run as root to see them, ${MOUNT_ANEW}`],
  [
    'rw,gid=24,hidepid=invisible',
    `${SAID}invisible): run as root to see them, or as a member of group 24`,
  ],
  ['rw,gid=1000,hidepid=4', `${SAID}4): run as root to see them, ${MOUNT_ANEW}`],
])('all are hidden: %s', (options, sentence) => {
  expect(hidden(options, NONE, [1000])).toBe(sentence);
});

test('what is not told hides nothing', () => {
  expect(
    hiddenProcesses(procRoot('/proc'), { own: procRoot(join(directory, 'gone')), groups: [] }),
  ).toBeUndefined();
});
