/** A vendor's kernel whose TIME_WAIT lasts 120 s, which its timers alone tell: through the program, from a /proc to the words. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyOfFixtureProc } from '../helpers/fixture.ts';
import { HEADER, ipv4Row, printRow } from '../helpers/proc-net-tcp-rows.ts';
import { asPromised, SNAPSHOT_SCHEMA } from '../helpers/json-schema.ts';
import { LAUNCHER } from '../helpers/launcher.ts';
import type { SnapshotDocument } from '../helpers/snapshot-document.ts';

const LENGTH_SECONDS = 120;
const CLOSES_PER_SECOND = 200;

/** A client that closes 200 connections a second, for longer than TIME_WAIT lasts. */
function steadyCloses(): string {
  const rows = Array.from({ length: LENGTH_SECONDS * CLOSES_PER_SECOND }, (_, index) => {
    const ticks = Math.max(1, Math.floor(((index + 0.5) * 100) / CLOSES_PER_SECOND));
    // The even ports first, as connect() takes them.
    const localPort = index < 20_000 ? 20_000 + 2 * index : 20_001 + 2 * (index - 20_000);
    return printRow(ipv4Row({ sl: index, localPort, state: 6, timer: 3, ticks, inode: 0 }));
  });
  return HEADER + rows.join('');
}

function longProc(): string {
  const proc = copyOfFixtureProc();
  writeFileSync(join(proc, 'net/tcp'), steadyCloses());
  writeFileSync(join(proc, 'net/tcp6'), HEADER);
  writeFileSync(join(proc, 'sys/net/ipv4/ip_local_port_range'), '20000\t59999\n');
  writeFileSync(join(proc, 'sys/net/ipv4/ip_local_reserved_ports'), '\n');
  return proc;
}

function run(...args: string[]): string {
  const options = { encoding: 'utf8', maxBuffer: 1 << 24 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [LAUNCHER, ...args], options);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

test('200 closes a second are 200, and the ports suffice for ever', () => {
  const proc = longProc();
  const json = run('snapshot', '--format', 'json', '--proc', proc);
  const { groups, timeWaitSeconds } = asPromised(
    SNAPSHOT_SCHEMA,
    JSON.parse(json) as SnapshotDocument,
  );
  expect(timeWaitSeconds).toBe(120);
  expect(groups).toHaveLength(1);
  expect(groups[0]).toMatchObject({
    used: 24_000,
    free: 16_000,
    freeAtLeast: 16_000,
    closeRate: 200,
    etaSeconds: null,
    steadyStateUsed: 24_000,
  });
  expect(groups[0]?.drainSchedule).toEqual(Array.from({ length: 60 }, () => 200));
  const table = run('snapshot', '--proc', proc);
  expect(table).toMatch(/ 200 +unknown$/m);
  expect(table).toContain('(200 closes/s, 16,000 of 40,000 left)');
});

test('no advice says that TIME_WAIT lasts 60 s', () => {
  const text = run('advise', '--proc', longProc());
  expect(text).toContain('120 s');
  expect(text.match(/.*\b60 s\b.*/g)).toBeNull();
});
