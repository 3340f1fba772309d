/** The whole exporter, as it is built, with clients that mean well and clients that do not. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { hashSync } from 'bcryptjs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startExporter } from '../../helpers/exporter-process.ts';
import { newPath } from '../../helpers/recordings.ts';

const portOf = (url: string) => Number(new URL(url).port);

/** A connection that says this; the test closes it. */
function say(url: string, words: string): Socket {
  const socket = connect(portOf(url), '127.0.0.1', () => socket.write(words));
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}

test('metrics are fresh at each scrape, and promtool finds nothing to say', async () => {
  await using exporter = await startExporter();
  const text = async () => (await fetch(`${exporter.url}/metrics`)).text();
  const opens = (body: string) => Number(/^ephtop_active_opens_total (\d+)$/m.exec(body)?.[1]);
  const first = await text();
  execFileSync('promtool', ['check', 'metrics'], { input: first });
  for (let n = 0; n < 5; n++) {
    const socket = say(exporter.url, '');
    await once(socket, 'connect');
    socket.destroy();
  }
  expect(opens(await text())).toBeGreaterThanOrEqual(opens(first) + 5);
  const answer = await fetch(`${exporter.url}/metrics`);
  expect(answer.headers.get('content-encoding')).toBe('gzip');
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
});

test('hostile clients: health within a second, memory flat', async () => {
  await using exporter = await startExporter();
  const { url } = exporter;
  /** Everything at once for so long; the slowest health in ms. */
  const attack = async (lastsMs: number): Promise<number> => {
    const endMs = performance.now() + lastsMs;
    const slow = Array.from({ length: 50 }, () => say(url, 'GET /metrics HTTP/1.1\r\nX: '));
    const scrapes: Promise<unknown>[] = [];
    let slowest = 0;
    const health = (async () => {
      while (performance.now() < endMs) {
        const startedMs = performance.now();
        expect((await fetch(`${url}/healthz`)).status).toBe(200);
        slowest = Math.max(slowest, performance.now() - startedMs);
        await delay(50);
      }
    })();
    for (let n = 0; performance.now() < endMs; n++) {
      scrapes.push(
        fetch(`${url}/metrics`).then(
          (answer) => answer.arrayBuffer(),
          () => {},
        ),
      );
      if (n % 50 === 0) {
        for (const socket of slow) if (socket.writable) socket.write('x');
        say(url, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`);
        say(url, '\x00\x01garbage\r\n\r\n');
      }
      await delay(1);
    }
    await health;
    await Promise.all(scrapes);
    for (const socket of slow) socket.destroy();
    return slowest;
  };
  await attack(5000);
  const before = await exporter.residentKb();
  expect(await attack(5000)).toBeLessThan(1000);
  expect((await exporter.residentKb()) / before).toBeLessThan(1.15);
});

describe('an end', () => {
  test.for([
    ['SIGTERM', []],
    ['SIGINT', []],
    ['SIGTERM', ['--via', 'sh']],
    ['SIGINT', ['--via', 'sh']],
  ] as const)('by %s is in order: %j', async ([signal, args]) => {
    await using exporter = await startExporter([...args]);
    const idle = say(exporter.url, '');
    await once(idle, 'connect');
    exporter.child.kill(signal);
    expect(await once(exporter.child, 'exit')).toEqual([0, null]);
    expect(exporter.said).toHaveLength(1);
  });
});

describe('what is wrong is told in one sentence', () => {
  test('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    await expect(startExporter(['--listen', `127.0.0.1:${port}`])).rejects.toThrow(
      /^exit 2: ephtop: cannot listen on 127\.0\.0\.1:\d+: another program listens there; choose another port with --listen\.$/,
    );
  });

  test.for<[string[], RegExp]>([
    [
      ['--listen', '192.0.2.77:1'],
      /^exit 2: ephtop: cannot listen on 192\.0\.2\.77:1: this machine does not have that address\.$/,
    ],
    [['--proc', '/nonexistent'], /^exit 2: ephtop: \/nonexistent\/net\/tcp is not there/],
    [
      ['--web.config.file', '/nonexistent'],
      /^exit 2: ephtop: \/nonexistent cannot be read: no such file\.$/,
    ],
  ])('%j', async ([args, sentence]) => {
    await expect(startExporter(args)).rejects.toThrow(sentence);
  });
});

test('a web configuration guards each path, and may change', async () => {
  const path = newPath();
  const users = (password: string) =>
    writeFileSync(path, `basic_auth_users:\n  prometheus: ${hashSync(password, 4)}\n`);
  users('first');
  await using exporter = await startExporter(['--web.config.file', path]);
  const ask = async (password?: string) => {
    const authorization = `Basic ${Buffer.from(`prometheus:${password}`).toString('base64')}`;
    const headers = password === undefined ? {} : { authorization };
    const asked = ['/metrics', '/healthz', '/'].map(
      async (place) => (await fetch(`${exporter.url}${place}`, { headers })).status,
    );
    return Promise.all(asked);
  };
  expect(await ask()).toEqual([401, 401, 401]);
  expect(await ask('first')).toEqual([200, 200, 200]);
  users('second');
  expect(await ask('first')).toEqual([401, 401, 401]);
  expect(await ask('second')).toEqual([200, 200, 200]);
  writeFileSync(path, '');
  expect(await ask()).toEqual([500, 500, 500]);
  users('second');
  writeFileSync(path, 'tls_server_config:\n  cert_file: a\n  key_file: b\n', { flag: 'a' });
  expect(await ask('second')).toEqual([200, 200, 200]);
  rmSync(path);
  expect(await ask('second')).toEqual([500, 500, 500]);
  expect(exporter.said.slice(1)).toEqual([
    `ephtop: ${path} has no basic_auth_users any more, which ends with a restart only. Until that is corrected, requests are answered with 500.`,
    'ephtop: the web configuration has tls_server_config now. TLS begins with a restart; until then HTTP is spoken.',
    `ephtop: ${path} cannot be read: no such file. Until that is corrected, requests are answered with 500.`,
  ]);
});
