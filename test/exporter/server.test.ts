import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request, type ServerOptions } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MOST_CONNECTIONS } from '../../src/exporter/connections.ts';
import { acceptsGzip, SERVER_OPTIONS, serveSite, type Site } from '../../src/exporter/server.ts';
import { WebConfigError } from '../../src/exporter/web-config.ts';

const PLAIN = Buffer.from('a_metric 1\n'.repeat(1000));

const SITE: Site = {
  metrics: () => Promise.resolve({ plain: PLAIN, gzipped: async () => gzipSync(PLAIN) }),
  metricsType: 'text/plain; version=0.0.4; charset=utf-8',
  problem: () => undefined,
  page: '<p>page',
  admit: () => Promise.resolve('welcome'),
  headers: () => new Map(),
};

/** So that a connection ends for another reason only, however long a busy machine takes. */
const NO_LIMITS = { headersTimeout: 0, requestTimeout: 0 } as const;

/** Serves a site on a port of its own until the test ends. */
async function serving(site: Partial<Site> = {}, options: ServerOptions = {}) {
  const server = createServer({ ...SERVER_OPTIONS, connectionsCheckingInterval: 100, ...options });
  serveSite(server, { ...SITE, ...site });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { server, port };
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function ask(
  port: number,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** A connection that says something, and keeps what it hears until it ends. */
function talk(port: number, text: string): Promise<string> & { readonly socket: Socket } {
  const socket = connect(port, '127.0.0.1', () => socket.write(text));
  onTestFinished(() => void socket.destroy());
  let heard = '';
  socket.on('data', (data) => (heard += data.toString()));
  socket.on('error', () => {});
  const ended = new Promise<string>((resolve) => socket.on('close', () => resolve(heard)));
  return Object.assign(ended, { socket });
}

describe('what is answered', () => {
  test('metrics, whole, and compressed for who takes that', async () => {
    const { port } = await serving();
    const plain = await ask(port, '/metrics?collect=all');
    expect(plain).toMatchObject({ status: 200, body: PLAIN });
    expect(plain.headers).toMatchObject({
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'content-length': String(PLAIN.length),
      vary: 'Accept-Encoding',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    const small = await ask(port, '/metrics', { headers: { 'accept-encoding': 'gzip' } });
    expect(small.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(small.body)).toEqual(PLAIN);
  });

  test('a page, a health, and nothing else', async () => {
    const { port } = await serving();
    const answers = ['/', '/healthz', '/favicon.ico', '/metrics/', '//'].map((path) =>
      ask(port, path),
    );
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([
      200, 200, 404, 404, 404,
    ]);
    expect((await ask(port, '/')).headers['content-type']).toBe('text/html; charset=utf-8');
  });

  test('to HEAD the same without the body, to other methods that they cannot be', async () => {
    const { port } = await serving();
    const head = await ask(port, '/metrics', { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    expect(head.headers['content-length']).toBe(String(PLAIN.length));
    for (const method of ['POST', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await ask(port, '/metrics', { method });
      expect({ status, allow: headers.allow }).toEqual({ status: 405, allow: 'GET, HEAD' });
    }
  });

  test('503 by an exporter that is of no use, and where a reading takes too long', async () => {
    const { port } = await serving({
      problem: () => 'The kernel is away.',
      metrics: () => Promise.resolve(undefined),
    });
    const health = await ask(port, '/healthz');
    expect({ ...health, body: health.body.toString() }).toMatchObject({
      status: 503,
      body: 'The kernel is away.\n',
    });
    expect((await ask(port, '/metrics')).status).toBe(503);
  });

  test('401 and 503 for all paths by who is to be admitted', async () => {
    const { port } = await serving({
      admit: (header) => Promise.resolve(header === undefined ? 'unauthorized' : 'busy'),
    });
    for (const path of ['/', '/metrics', '/healthz', '/other']) {
      const stranger = await ask(port, path);
      expect(stranger.status).toBe(401);
      expect(stranger.headers['www-authenticate']).toMatch(/^Basic realm="ephtop"/);
      const other = await ask(port, path, { headers: { authorization: 'Basic eDp5' } });
      expect(other).toMatchObject({ status: 503 });
      expect(other.headers['retry-after']).toBe('1');
    }
  });

  test('500 where the configuration cannot be used, and headers where it has some', async () => {
    const bad = await serving({
      headers: () => {
        throw new Error('secret');
      },
    });
    const answer = await ask(bad.port, '/metrics');
    expect(answer.status).toBe(500);
    expect(answer.body.toString()).toBe('Internal error, see the log.\n');
    const mistaken = await serving({
      headers: () => {
        throw new WebConfigError('secret');
      },
    });
    const told = await ask(mistaken.port, '/metrics');
    expect({ status: told.status, body: told.body.toString() }).toEqual({
      status: 500,
      body: 'The web configuration cannot be used, the log of the exporter says why.\n',
    });
    const good = await serving({ headers: () => new Map([['X-Frame-Options', 'deny']]) });
    expect((await ask(good.port, '/')).headers['x-frame-options']).toBe('deny');
  });
});

test.for<[string | undefined, boolean]>([
  [undefined, false],
  ['', false],
  ['gzip', true],
  ['deflate, GZIP;q=0.5', true],
  ['gzip;q=0', false],
  ['gzip; q=0.0, *', false],
  ['*', true],
  ['*;q=0', false],
  ['identity', false],
  ['gzipped', false],
  ['gzip;q=nonsense', false],
])('Accept-Encoding %j', ([header, isAccepted]) => {
  expect(acceptsGzip(header)).toBe(isAccepted);
});

/** Of this thread alone: others of the process run other tests. */
function heldBytes(): number {
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

describe('hostile clients', () => {
  test('50 that say a byte a moment are cut off after 5 s, and nobody waits for them', async () => {
    const { port, server } = await serving({}, NO_LIMITS);
    const slow = Array.from({ length: 50 }, () => talk(port, 'GET /metrics HTTP/1.1\r\nX: '));
    const drip = setInterval(() => {
      for (const { socket } of slow) if (socket.writable) socket.write('x');
    }, 200);
    onTestFinished(() => clearInterval(drip));
    await Promise.all(slow.map(({ socket }) => once(socket, 'connect')));
    for (let count = 0; count < 20; count++) {
      expect((await ask(port, '/healthz')).status).toBe(200);
      await delay(20);
    }
    expect(slow.every(({ socket }) => socket.writable)).toBe(true);
    server.headersTimeout = SERVER_OPTIONS.headersTimeout ?? 0;
    expect(server.headersTimeout).toBe(5000);
    for (const heard of await Promise.all(slow)) expect(heard).toMatch(/^HTTP\/1\.1 408 |^$/);
  });

  test('a thousand that say nothing keep nobody out, and few are kept', async () => {
    const { port, server } = await serving({}, NO_LIMITS);
    for (let round = 0; round < 40; round++) {
      const silent = Array.from({ length: 25 }, () => talk(port, '').socket);
      await Promise.all(silent.map((socket) => once(socket, 'connect')));
      expect((await ask(port, '/healthz')).status).toBe(200);
    }
    const count = await new Promise((resolve) => server.getConnections((_, n) => resolve(n)));
    expect(count).toBeLessThanOrEqual(MOST_CONNECTIONS + 1);
  });

  test('one too many ends the oldest that is not being answered', async () => {
    let answer = () => {};
    const metrics = () => new Promise<undefined>((resolve) => (answer = () => resolve(undefined)));
    const { port } = await serving({ metrics }, NO_LIMITS);
    const ended: string[] = [];
    const open = async (name: string, text = '') => {
      const talking = talk(port, text);
      void talking.then((heard) => ended.push(`${name} ${heard.slice(9, 12)}`.trim()));
      await once(talking.socket, 'connect');
      return { ended: talking };
    };
    const waiting = await open(
      'waiting',
      'GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect((await ask(port, '/healthz')).status).toBe(200);
    const silent = await open('silent');
    for (let count = 2; count < MOST_CONNECTIONS; count++) await open('later');
    expect(ended).toEqual([]);
    await open('last');
    await silent.ended;
    expect(ended).toEqual(['silent']);
    answer();
    await waiting.ended;
    expect(ended).toEqual(['silent', 'waiting 503']);
  });

  test.for<[string, string, RegExp]>([
    [
      'garbage',
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 nonsense\r\n\r\n',
      /^HTTP\/1\.1 400 /,
    ],
    [
      '100 kB of headers',
      `GET /metrics HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`,
      /^HTTP\/1\.1 431 /,
    ],
    [
      'a path of 100 kB',
      `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      /^HTTP\/1\.1 431 /,
    ],
    [
      'two lengths',
      'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      /^HTTP\/1\.1 400 /,
    ],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['a proxy of it', 'CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n', /^$/],
  ])('%s', async ([, text, answer]) => {
    const { port } = await serving();
    const heard = await talk(port, text);
    expect(heard).toMatch(answer);
    expect((await ask(port, '/healthz')).status).toBe(200);
  });

  test('requests one behind the other are answered one after the other', async () => {
    const { port } = await serving();
    const heard = await talk(
      port,
      'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /other HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect(heard).toMatch(/^HTTP\/1\.1 200 OK[^]*OK\nHTTP\/1\.1 404 /);
  });

  const asked = 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n';

  test('of requests one behind the other only the first is worked on; too many end the connection', async () => {
    const answers: (() => void)[] = [];
    const metrics = () =>
      new Promise<undefined>((resolve) => answers.push(() => resolve(undefined)));
    const { port } = await serving({ metrics });
    const few = talk(port, asked.repeat(11));
    await expect.poll(() => answers.length).toBe(1);
    // Those behind it have been read by then.
    expect((await ask(port, '/healthz')).status).toBe(200);
    expect(answers).toHaveLength(1);
    for (let count = 1; count <= 11; count++) {
      answers[count - 1]?.();
      if (count < 11) await expect.poll(() => answers.length).toBe(count + 1);
    }
    few.socket.end();
    expect((await few).match(/HTTP\/1\.1 503/g)).toHaveLength(11);
    expect(await talk(port, asked.repeat(12))).toBe('');
    expect(answers).toHaveLength(12);
  });

  test('120 that send 200 requests each and read nothing have one answered each', async () => {
    let taken = 0;
    const metrics = () => {
      taken++;
      return Promise.resolve({ plain: PLAIN, gzipped: async () => PLAIN });
    };
    const { port } = await serving({ metrics });
    const many = Array.from({ length: 120 }, () => {
      const talking = talk(port, asked.repeat(200));
      talking.socket.pause();
      return talking;
    });
    await Promise.all(many.map(({ socket }) => once(socket, 'connect')));
    for (const { socket } of many) socket.resume();
    await Promise.all(many);
    expect(taken).toBe(120);
    expect((await ask(port, '/healthz')).status).toBe(200);
  });

  test('who has closed its side hears the answer', async () => {
    const { port } = await serving({
      metrics: () => delay(50).then(() => ({ plain: PLAIN, gzipped: async () => PLAIN })),
    });
    const half = talk(port, asked + asked);
    half.socket.once('connect', () => half.socket.end());
    const heard = await half;
    expect(heard.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
    expect(heard.endsWith(PLAIN.toString())).toBe(true);
  });

  test('those that do not read their answers take no memory for each', async () => {
    const big = Buffer.alloc(4_000_000, 'x');
    let taken = 0;
    const metrics = () => {
      taken++;
      return Promise.resolve({ plain: big, gzipped: async () => big });
    };
    const { port } = await serving({ metrics }, NO_LIMITS);
    const before = heldBytes();
    const deaf = Array.from({ length: 60 }, () => {
      const talking = talk(port, 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
      talking.socket.pause();
      return talking;
    });
    await expect.poll(() => taken).toBe(deaf.length);
    for (let count = 0; count < 20; count++) expect((await ask(port, '/healthz')).status).toBe(200);
    expect(heldBytes() - before).toBeLessThan(100_000_000);
    for (const { socket } of deaf) socket.destroy();
  });
});
