/**
 * The seeds' incident, on the real thing: HAProxy runs out of ports to its backend and logs "no free
 * ports"; ephtop has that group first, with nothing left.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { background } from '../../helpers/background.ts';
import { type Namespace, openNamespace, requireNamespace } from '../../helpers/namespace.ts';

beforeEach(requireNamespace);

const BACKEND = { address: '10.9.9.1', port: 9000 };
/** Two front doors, so that the clients of this test do not run out themselves. */
const DOORS = [
  { address: '127.0.0.1', port: 8000 },
  { address: '127.0.0.2', port: 8000 },
];

const CONFIGURATION = `
global
  log stdout format raw local0
defaults
  mode tcp
  log global
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  retries 0
listen web
${DOORS.map(({ address, port }) => `  bind ${address}:${port}`).join('\n')}
  server backend ${BACKEND.address}:${BACKEND.port}
`;

/** Clients that open 60 connections to each door and keep them. */
const CLIENTS = `
const { connect } = require('node:net');
for (const [host, port] of ${JSON.stringify(DOORS.map(({ address, port }) => [address, port]))})
  for (let i = 0; i < 60; i++) connect(port, host).on('error', () => {});
setTimeout(() => {}, 60_000);
`;

/** Starts HAProxy in the namespace; disposing of it ends it and removes its files. */
async function startHaproxy(namespace: Namespace) {
  const directory = mkdtempSync(join(tmpdir(), 'ephtop-haproxy-'));
  const file = (name: string) => join(directory, name);
  const [configuration, log, clients] = [file('haproxy.cfg'), file('log'), file('clients.cjs')];
  writeFileSync(configuration, CONFIGURATION);
  writeFileSync(clients, CLIENTS);
  const program = await background(namespace, `haproxy -db -f '${configuration}' >'${log}' 2>&1`);
  return {
    log: () => readFileSync(log, 'utf8'),
    /** Path of the clients' program. */
    clients,
    pid: program.pid,
    [Symbol.dispose]: () => {
      program[Symbol.dispose]();
      rmSync(directory, { recursive: true });
    },
  };
}

test('HAProxy out of ports: its group is first, with 0 free', async ({ skip }) => {
  const missing = spawnSync('haproxy', ['-v']).status !== 0;
  if (missing && process.env['CI'] !== undefined) throw new Error('CI must have haproxy');
  skip(missing, 'haproxy is not installed');

  await using namespace = await openNamespace();
  await namespace.setSysctl('net.ipv4.ip_local_port_range', '40000 40099');
  await namespace.addAddress(BACKEND.address);
  await namespace.listen(BACKEND);
  using haproxy = await startHaproxy(namespace);
  const listens = async () =>
    (await namespace.ss()).filter(({ state }) => state === 'LISTEN').length;
  await expect.poll(listens, { timeout: 10_000 }).toBe(1 + DOORS.length);
  using running = new DisposableStack();
  running.use(
    await background(namespace, `'${process.execPath}' '${haproxy.clients}' >/dev/null 2>&1`),
  );
  await expect.poll(() => haproxy.log(), { timeout: 10_000 }).toContain('no free ports');

  const { groups } = await namespace.snapshot('procfs');
  expect(groups[0]).toMatchObject({
    remoteAddress: BACKEND.address,
    remotePort: BACKEND.port,
    used: 100,
    free: 0,
    owners: [expect.objectContaining({ pid: haproxy.pid, command: 'haproxy' })],
  });
});
