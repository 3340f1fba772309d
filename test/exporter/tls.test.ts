import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeServer } from '../../src/exporter/open-server.ts';
import { WebConfigError } from '../../src/exporter/web-config.ts';
import { WebConfigFile } from '../../src/exporter/web-config-file.ts';

const TLS = join(import.meta.dirname, '../fixtures/tls');
const pem = (name: string) => readFileSync(join(TLS, name));

/** A server with this tls_server_config (without certificate and key) until the test ends. */
async function serving(more = '') {
  const directory = mkdtempSync(join(tmpdir(), 'ephtop-tls-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const use = (name: string) => {
    for (const kind of ['crt', 'key'])
      copyFileSync(join(TLS, `${name}.${kind}`), join(directory, `server.${kind}`));
  };
  use('server');
  copyFileSync(join(TLS, 'ca.crt'), join(directory, 'ca.crt'));
  const path = join(directory, 'web.yml');
  const configure = (text: string) =>
    writeFileSync(
      path,
      `tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n${text}`,
    );
  configure(more);
  const { server, scheme, config } = await makeServer(new WebConfigFile(path));
  server.on('request', (_, response) => {
    const problem = problemOf(config);
    response.statusCode = problem === undefined ? 200 : 500;
    response.end(problem ?? 'hello');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { port, scheme, directory, use, configure, path };
}

function problemOf(config: () => unknown): string | undefined {
  try {
    config();
    return undefined;
  } catch (error) {
    return error instanceof WebConfigError ? error.message : 'not a problem of the configuration';
  }
}

/** What a client hears that is not wanted; it depends on the version, and on who is faster. */
const REFUSED = /alert|ECONNRESET|EPIPE|socket hang up|disconnected/i;

interface Told {
  readonly status: number | undefined;
  readonly body: string;
  readonly server: string | undefined;
  readonly protocol: string | null;
}

/** Asks with a client's certificate, or without; rejects where the server does not want it. */
function ask(port: number, client?: string, more: object = {}): Promise<Told> {
  const own = client === undefined ? {} : { cert: pem(`${client}.crt`), key: pem(`${client}.key`) };
  return new Promise((resolve, reject) => {
    const sent = request(
      { port, host: '127.0.0.1', ca: pem('ca.crt'), agent: false, ...own, ...more },
      (response) => {
        const socket = response.socket as TLSSocket;
        const { subject } = socket.getPeerCertificate();
        const told = {
          status: response.statusCode,
          server: String(subject.CN),
          protocol: socket.getProtocol(),
        };
        response.setEncoding('utf8');
        let body = '';
        response.on('data', (data: string) => (body += data));
        response.on('end', () => resolve({ ...told, body }));
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

const CA = '  client_ca_file: ca.crt\n';
const auth = (type: string) => `  client_auth_type: ${type}\n`;

/** Who may come: nobody's certificate, one of the CA's, a stranger's. */
test.for<[string, string, [boolean, boolean, boolean]]>([
  ['nothing', '', [true, true, true]],
  ['RequestClientCert', auth('RequestClientCert'), [true, true, true]],
  ['RequireAnyClientCert', auth('RequireAnyClientCert'), [false, true, true]],
  ['RequireClientCert', auth('RequireClientCert'), [false, true, true]],
  ['VerifyClientCertIfGiven', auth('VerifyClientCertIfGiven') + CA, [true, true, false]],
  ['RequireAndVerifyClientCert', auth('RequireAndVerifyClientCert') + CA, [false, true, false]],
  [
    'an allowed name',
    `${auth('RequireAnyClientCert')}  client_allowed_sans: ["spiffe://example/a"]\n`,
    [false, true, false],
  ],
  [
    'another name',
    `${auth('RequireAndVerifyClientCert')}${CA}  client_allowed_sans: [other.example]\n`,
    [false, false, false],
  ],
])('%s', async ([, config, welcome]) => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const { port } = await serving(config);
    const outcomes = [undefined, 'client', 'stranger'].map((client) =>
      ask(port, client, { minVersion: version, maxVersion: version }).then(
        ({ body, protocol }) => body === 'hello' && protocol === version,
        () => false,
      ),
    );
    expect([version, await Promise.all(outcomes)]).toEqual([version, welcome]);
  }
});

describe('what the configuration says', () => {
  test('about versions holds', async () => {
    const { port, scheme } = await serving('  min_version: TLS13\n');
    expect(scheme).toBe('https');
    expect(await ask(port)).toMatchObject({ protocol: 'TLSv1.3' });
    await expect(ask(port, undefined, { maxVersion: 'TLSv1.2' })).rejects.toThrow(REFUSED);
  });

  test('about cipher suites and curves holds', async () => {
    const { port } = await serving(
      '  max_version: TLS12\n  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]\n  curve_preferences: [CurveP256]\n',
    );
    expect(await ask(port)).toMatchObject({ protocol: 'TLSv1.2' });
    await expect(
      ask(port, undefined, { ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' }),
    ).rejects.toThrow(REFUSED);
    await expect(ask(port, undefined, { ecdhCurve: 'X25519' })).rejects.toThrow(REFUSED);
    await expect(ask(port, undefined, { ecdhCurve: 'P-256' })).resolves.toBeDefined();
  });

  test.for([
    [
      '  cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]\n',
      'the cipher suite "TLS_RSA_WITH_RC4_128_SHA" is not known.',
    ],
    [
      '  curve_preferences: [Brainpool]\n',
      'the curve "Brainpool" is not known; those known are CurveP256,',
    ],
    [
      `${auth('RequireAndVerifyClientCert')}  client_ca_file: no.crt\n`,
      'no.crt cannot be read: no such file.',
    ],
  ] as const)('and what it cannot mean is told: %j', async ([config, sentence]) => {
    await expect(serving(config)).rejects.toThrow(sentence);
  });
});

describe('while it runs', () => {
  test('a renewed certificate is used for the next connection; half of it is not', async () => {
    const { port, use, directory } = await serving();
    expect(await ask(port)).toMatchObject({ server: 'server', status: 200 });
    copyFileSync(join(TLS, 'renewed.crt'), join(directory, 'server.crt'));
    expect(await ask(port)).toMatchObject({
      server: 'server',
      status: 500,
      body: `${directory}/server.key is not the key of the certificate in ${directory}/server.crt; put the two that belong together there.`,
    });
    use('renewed');
    expect(await ask(port)).toMatchObject({ server: 'renewed', status: 200 });
  });

  test.for([
    ['server.crt', 'has no certificate that can be used; put it there as PEM.'],
    [
      'server.key',
      'has no private key that can be used; put it there as PEM, without a passphrase.',
    ],
    ['ca.crt', 'has no certificate that can be used; put it there as PEM.'],
  ] as const)('%s that is none is named, and the last one is used', async ([name, problem]) => {
    const { port, directory, use } = await serving(auth('VerifyClientCertIfGiven') + CA);
    writeFileSync(join(directory, name), 'bad\n');
    for (const client of [undefined, 'client']) {
      expect(await ask(port, client)).toMatchObject({
        status: 500,
        server: 'server',
        body: `${join(directory, name)} ${problem}`,
      });
    }
    await expect(ask(port, 'stranger')).rejects.toThrow(REFUSED);
    use('renewed');
    copyFileSync(join(TLS, 'ca.crt'), join(directory, 'ca.crt'));
    expect(await ask(port)).toMatchObject({ status: 200, server: 'renewed' });
  });

  test('a file that is not YAML is answered with 500 by the last certificate', async () => {
    const { port, configure, path } = await serving();
    configure('garbage: [');
    const { body, ...told } = await ask(port);
    expect(told).toMatchObject({ status: 500, server: 'server' });
    expect(body).toContain(`${path}: this is not YAML`);
    configure('');
    expect(await ask(port)).toMatchObject({ status: 200 });
  });

  test('a cipher suite that OpenSSL lacks is told with the name of the file', async () => {
    const { port, configure, path } = await serving();
    configure('  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA512]\n');
    const { body, status } = await ask(port);
    expect(status).toBe(500);
    expect(body).toMatch(new RegExp(`^${path}: tls_server_config cannot be used: .*cipher`));
  });

  test('a file without TLS, or without demands on clients, ends neither, and is refused', async () => {
    const { port, path, configure } = await serving(auth('RequireAndVerifyClientCert') + CA);
    writeFileSync(path, '');
    expect(await ask(port, 'client')).toMatchObject({
      status: 500,
      server: 'server',
      body: `${path} has no tls_server_config any more, which ends with a restart only.`,
    });
    await expect(ask(port)).rejects.toThrow(REFUSED);
    configure('');
    expect(await ask(port, 'client')).toMatchObject({
      status: 500,
      body: `${path} has no client_auth_type any more, which ends with a restart only.`,
    });
    await expect(ask(port)).rejects.toThrow(REFUSED);
    configure(auth('RequireAndVerifyClientCert') + CA);
    expect(await ask(port, 'client')).toMatchObject({ status: 200 });
  });

  test('a stricter configuration holds for the next connection', async () => {
    const { port, configure } = await serving(auth('RequestClientCert'));
    expect((await ask(port)).body).toBe('hello');
    configure(auth('RequireAndVerifyClientCert') + CA);
    await expect(ask(port)).rejects.toThrow(REFUSED);
    expect((await ask(port, 'client')).body).toBe('hello');
    configure('  nonsense: 1\n');
    expect((await ask(port, 'client')).status).toBe(500);
    await expect(ask(port)).rejects.toThrow(REFUSED);
  });

  test('certificates that were not asked for at the start cannot be had: nobody is let in', async () => {
    const { port, configure } = await serving();
    configure(auth('RequireAndVerifyClientCert') + CA);
    await expect(ask(port, 'client')).rejects.toThrow(REFUSED);
  });

  test.for(['server.crt', 'server.key', 'ca.crt'])(
    'a FIFO or /dev/zero in place of %s is not waited for, and told',
    async (name) => {
      const { port, directory } = await serving(auth('VerifyClientCertIfGiven') + CA);
      const file = join(directory, name);
      for (const make of [
        () => void execFileSync('mkfifo', [file]),
        () => symlinkSync('/dev/zero', file),
      ]) {
        rmSync(file);
        make();
        expect(await ask(port)).toMatchObject({
          server: 'server',
          status: 500,
          body: `${file} cannot be read: not a regular file.`,
        });
      }
    },
  );

  test('as many authorities as a system trusts are read', async () => {
    const { port, directory } = await serving(auth('RequireAndVerifyClientCert') + CA);
    writeFileSync(join(directory, 'ca.crt'), pem('ca.crt').toString().repeat(1500));
    expect(await ask(port, 'client')).toMatchObject({ status: 200, body: 'hello' });
  });

  test('who does not speak TLS is hung up on', async () => {
    const { port } = await serving();
    const socket = connectTcp(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\n\r\n'));
    socket.on('error', () => {});
    socket.resume();
    await new Promise((resolve) => socket.on('close', resolve));
    expect((await ask(port)).body).toBe('hello');
  });
});
