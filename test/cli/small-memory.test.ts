import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const MODULE = join(import.meta.dirname, '../../src/source/small-memory.ts');

/** A program that frees 24 MB but for the last buffer, and prints how many MB of them are still resident. */
const program = (setUp: string) => `
  import { setTimeout as delay } from 'node:timers/promises';
  import { keepMemorySmall } from ${JSON.stringify(MODULE)};
  ${setUp}
  const residentMb = () => process.memoryUsage.rss() / 1e6;
  const before = residentMb();
  const buffers = Array.from({ length: 400 }, () => Buffer.allocUnsafeSlow(60_000).fill(1));
  const last = Buffer.allocUnsafeSlow(60_000).fill(1);
  buffers.length = 0;
  gc();
  await delay(500);
  console.log(residentMb() - before, last.length);`;

function stillResidentMb(setUp: string): number {
  const args = ['--expose-gc', '--input-type=module', '--eval', program(setUp)];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const [, megabytes] = /^(\S+) 60000\n$/.exec(stdout) ?? expect.unreachable(stderr);
  return Number(megabytes);
}

/** Pages of Node's that are mapped, in MB, some time after it started. */
function mappedFileMb(startedAfterMs: number): number {
  const code = `
    import { readFileSync } from 'node:fs';
    import { setTimeout as delay } from 'node:timers/promises';
    import { keepMemorySmall } from ${JSON.stringify(MODULE)};
    keepMemorySmall(60_000, ${startedAfterMs});
    await delay(200);
    console.log(/^RssFile:\\s+(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);`;
  const args = ['--input-type=module', '--eval', code];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const [, kilobytes] = /^(\d+)\n$/.exec(stdout) ?? expect.unreachable(stderr);
  return Number(kilobytes) / 1000;
}

// Node 22 has no node:ffi.
test.skipIf(Number(process.versions.node.split('.')[0]) < 26)(
  'memory that is free is given back',
  () => {
    expect(stillResidentMb('')).toBeGreaterThan(15);
    expect(stillResidentMb('keepMemorySmall(100);')).toBeLessThan(10);
  },
);

test.skipIf(Number(process.versions.node.split('.')[0]) < 26)(
  'pages of files that were needed for the start are not kept',
  () => {
    expect(mappedFileMb(100)).toBeLessThan(mappedFileMb(60_000) - 10);
  },
);
