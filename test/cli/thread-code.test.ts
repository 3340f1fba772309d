import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LAUNCHER } from '../helpers/launcher.ts';

test('the code of the sampling thread is kept between runs, as that of the main thread is', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ephtop-code-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  // Node tells on stderr what it finds.
  const env = { ...process.env, XDG_CACHE_HOME: directory, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' };
  // A check of another namespace has a thread.
  const args = [LAUNCHER, 'check', '--pid', `${process.pid}`, '--timeout', '4s'];
  const keptCode = () => {
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    const accepted = `${stdout}${stderr}`.matchAll(/([\w-]+)\.js was accepted/g);
    return Array.from(accepted, ([, file]) => file);
  };
  expect(keptCode()).toEqual([]);
  expect(keptCode()).toEqual(expect.arrayContaining(['main', 'worker']));
});
