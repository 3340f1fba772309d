import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyOfFixtureProc, FIXTURE_PROC } from '../helpers/fixture.ts';
import { asPromised, SNAPSHOT_SCHEMA } from '../helpers/json-schema.ts';
import { ephtop } from '../helpers/launcher.ts';
import type { SnapshotDocument } from '../helpers/snapshot-document.ts';

/** A snapshot of the recorded /proc, which is that of another network namespace, or of a spoiled copy. */
function snapshotOfFixture(source: string, proc = FIXTURE_PROC, format = 'json') {
  return ephtop('snapshot', '--format', format, '--proc', proc, '--source', source);
}

describe('--source, with a --proc from elsewhere', () => {
  it.each(['auto', 'procfs'])('%s reads the files', (source) => {
    const { status, stdout, stderr } = snapshotOfFixture(source);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { sampling } = asPromised(SNAPSHOT_SCHEMA, JSON.parse(stdout) as SnapshotDocument);
    expect(sampling).toMatchObject({ source: 'procfs', sockets: 36, warnings: [] });
  });

  it.each([
    ['empty', (file: string) => writeFileSync(file, '')],
    ['a FIFO', (file: string) => execFileSync('mkfifo', [file])],
  ])('IPv4 sockets that cannot be read (%s): said, and an exit status', (_, spoil) => {
    const proc = copyOfFixtureProc();
    rmSync(join(proc, 'net/tcp'));
    spoil(join(proc, 'net/tcp'));
    const { status, stdout, stderr } = snapshotOfFixture('auto', proc);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^ephtop: [^\n]+\/net\/tcp: [^\n]+; its sockets are not counted\n$/);
    const document = asPromised(SNAPSHOT_SCHEMA, JSON.parse(stdout) as SnapshotDocument);
    expect(document.sampling).toMatchObject({ isPartial: true, sockets: 14 });
    for (const { freeAtLeast } of document.groups) expect(freeAtLeast).toBe(0);
  });

  it('without IPv4 sockets and with none of IPv6, no port is said to be free', () => {
    const proc = copyOfFixtureProc();
    writeFileSync(join(proc, 'net/tcp'), '');
    rmSync(join(proc, 'net/tcp6'));
    const { status, stdout } = snapshotOfFixture('auto', proc, 'table');
    expect(status).toBe(2);
    expect(stdout).toContain('it is not known which ports are free');
    expect(stdout).not.toContain('every port is free');
  });

  it('advice on half of the sockets has that exit status as well', () => {
    const proc = copyOfFixtureProc();
    writeFileSync(join(proc, 'net/tcp'), '');
    const { status, stdout } = ephtop('advise', '--proc', proc);
    expect(status).toBe(2);
    expect(stdout).toContain('IPv4 sockets could not be read');
  });

  it('of a table that is cut no port is said to be free, and a check is UNKNOWN', () => {
    const proc = copyOfFixtureProc();
    const file = join(proc, 'net/tcp');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.slice(0, text.length - 100));
    const { status, stdout } = snapshotOfFixture('auto', proc);
    expect(status).toBe(2);
    const document = asPromised(SNAPSHOT_SCHEMA, JSON.parse(stdout) as SnapshotDocument);
    expect(document.sampling).toMatchObject({ isPartial: true, sockets: 35 });
    for (const { freeAtLeast } of document.groups) expect(freeAtLeast).toBe(0);
    // With limits beyond which nothing is short of ports, as what is certainly CRITICAL stays so.
    const limits = ['-w', '100', '-c', '100', '--eta-warning', '0', '--eta-critical', '0'];
    const check = ephtop('check', '--proc', proc, ...limits);
    expect(check.status).toBe(3);
    expect(check.stdout).toMatch(/^EPHTOP UNKNOWN: not all sockets could be read/);
  });

  it('netlink is refused: it would show another namespace', () => {
    const { status, stdout, stderr } = snapshotOfFixture('netlink');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^ephtop: --source netlink [^\n]+ --proc [^\n]+\n$/);
  });
});
