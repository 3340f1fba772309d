import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FIXTURE_PROC } from '../helpers/fixture.ts';
import type { SnapshotDocument } from '../helpers/snapshot-document.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/ephtop.cjs');

/** A snapshot of the recorded /proc, which is that of another network namespace. */
function snapshotOfFixture(source: string) {
  const args = ['snapshot', '--format', 'json', '--proc', FIXTURE_PROC, '--source', source];
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('--source, with a --proc from elsewhere', () => {
  it.each(['auto', 'procfs'])('%s reads the files', (source) => {
    const { status, stdout, stderr } = snapshotOfFixture(source);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { sampling } = JSON.parse(stdout) as SnapshotDocument;
    expect(sampling).toMatchObject({ source: 'procfs', sockets: 36, warnings: [] });
  });

  it('netlink is refused: it would show another namespace', () => {
    const { status, stdout, stderr } = snapshotOfFixture('netlink');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^ephtop: --source netlink [^\n]+ --proc [^\n]+\n$/);
  });
});
