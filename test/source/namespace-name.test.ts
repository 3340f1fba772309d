import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { nameOfNamespace } from '../../src/source/namespace-name.ts';
import { procRoot } from '../../src/source/proc-root.ts';

/** A procfs with these processes. */
function processesOf(processes: Readonly<Record<number, { command: string; start: number }>>) {
  const mount = mkdtempSync(join(tmpdir(), 'ephtop-names-'));
  onTestFinished(() => rmSync(mount, { recursive: true, force: true }));
  for (const [pid, { command, start }] of Object.entries(processes)) {
    mkdirSync(join(mount, pid));
    writeFileSync(join(mount, pid, 'comm'), `${command}\n`);
    const before = Array.from({ length: 18 }, () => '0').join(' ');
    writeFileSync(join(mount, pid, 'stat'), `${pid} (${command}) S ${before} ${start} 0 0\n`);
  }
  return procRoot(mount);
}

test('a namespace without another name has that of its oldest process, also once pids have begun again', () => {
  const processes = processesOf({
    70: { command: 'sshd', start: 9000 },
    32_000: { command: 'web (1) x', start: 100 },
    32_001: { command: 'late', start: 100 },
  });
  const name = (pids: readonly number[]) =>
    nameOfNamespace({ id: 'net:7', pids, mountPath: undefined }, processes);
  expect(name([70, 32_000, 32_001])).toBe('web (1) x[32000]');
  expect(name([70])).toBe('sshd[70]');
  // One that has ended meanwhile.
  expect(name([5, 70])).toBe('sshd[70]');
  expect(name([5])).toBe('net:7');
});

test('its name for `ip netns` comes first', () => {
  const place = { id: 'net:7', pids: [70], mountPath: '/run/netns/blue' };
  expect(nameOfNamespace(place, processesOf({ 70: { command: 'sshd', start: 1 } }))).toBe('blue');
});
