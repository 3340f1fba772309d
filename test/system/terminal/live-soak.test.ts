import { afterEach, beforeEach, expect, test } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { usageOfOne } from '../../../scripts/soak/process-usage.ts';
import { median } from '../../../scripts/bench/statistics.ts';
import { LAUNCHER, TABLE_TITLE } from '../../helpers/live-view.ts';
import { requireNamespace } from '../../helpers/namespace.ts';
import { closeTerminals, openTerminal } from '../../helpers/terminal.ts';

beforeEach(requireNamespace);
afterEach(closeTerminals);

const LOOKS = 40;
const LOOK_EVERY_MS = 250;
/** The program compiles its code, and finds owners for the first time. */
const SETTLE_MS = 4000;
const MOST_BYTES_PER_SECOND = 10_000;

/** Opens and closes a connection every 10 ms, inside the namespace, for as long as its parent lives. */
const CLIENT = `
  const net = require('net');
  const server = net.createServer((socket) => socket.on('data', () => {}).on('end', () => socket.end()));
  server.listen(9000, '127.0.0.1', () => setInterval(() => {
    const socket = net.connect(9000, '127.0.0.1', () => socket.end('x'));
    socket.on('error', () => {});
  }, 10));
  setInterval(() => { if (process.ppid !== Number(process.argv[1])) process.exit(); }, 200);
`;

/** Becomes the program, whose child the client is. */
const SHELL =
  'ip link set lo up && { "$0" -e "$2" $$ & } && exec "$0" "$1" --interval 50ms --cpu-budget 100%';

test('descriptors, threads and output stay as they are at the fastest pace, beside traffic', async () => {
  const args = ['-n', 'sh', '-c', SHELL, process.execPath, LAUNCHER, CLIENT];
  const flags = process.getuid?.() === 0 ? args : ['-Ur', ...args];
  const terminal = openTerminal('unshare', flags, { columns: 120, rows: 40 });
  await terminal.waitFor(TABLE_TITLE, 60_000);
  await terminal.waitFor(/127\.0\.0\.1:9000/, 60_000);
  await sleep(SETTLE_MS);
  const startedMs = performance.now();
  const bytes = terminal.bytes();
  const looks: ReturnType<typeof usageOfOne>[] = [];
  for (let look = 0; look < LOOKS; look++) {
    looks.push(usageOfOne(terminal.pid));
    await sleep(LOOK_EVERY_MS);
  }
  const bytesPerSecond = (1000 * (terminal.bytes() - bytes)) / (performance.now() - startedMs);
  const [before, after] = [looks.slice(0, LOOKS / 2), looks.slice(LOOKS / 2)];
  for (const kind of ['descriptors', 'threads'] as const) {
    const of = (some: typeof looks) => median(some.map((look) => look[kind]));
    expect(of(after), kind).toBe(of(before));
  }
  expect(bytesPerSecond).toBeGreaterThan(100);
  expect(bytesPerSecond).toBeLessThan(MOST_BYTES_PER_SECOND);
});
