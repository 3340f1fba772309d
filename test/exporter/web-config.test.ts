import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseWebConfig, WebConfigError } from '../../src/exporter/web-config.ts';
import { WebConfigFile } from '../../src/exporter/web-config-file.ts';
import { newPath } from '../helpers/recordings.ts';

const HASH = '$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG';
const TLS = 'tls_server_config:\n  cert_file: a.crt\n  key_file: a.key\n';

test('a file with everything', () => {
  const config = parseWebConfig(
    `${TLS}  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.crt
  client_allowed_sans: [prometheus]
  min_version: TLS13
  max_version: TLS13
  cipher_suites: [TLS_AES_128_GCM_SHA256]
  curve_preferences: [X25519]
  prefer_server_cipher_suites: false
http_server_config:
  http2: true
  headers:
    X-Frame-Options: deny
    X-XSS-Protection: ""
basic_auth_users:
  prometheus: ${HASH}
  __proto__: ${HASH}
`,
    'web.yml',
  );
  expect(config.tls).toEqual({
    cert_file: 'a.crt',
    key_file: 'a.key',
    client_auth_type: 'RequireAndVerifyClientCert',
    client_ca_file: 'ca.crt',
    client_allowed_sans: ['prometheus'],
    min_version: 'TLS13',
    max_version: 'TLS13',
    cipher_suites: ['TLS_AES_128_GCM_SHA256'],
    curve_preferences: ['X25519'],
    prefer_server_cipher_suites: false,
  });
  expect([...config.headers]).toEqual([['X-Frame-Options', 'deny']]);
  expect([...config.users.keys()]).toEqual(['prometheus', '__proto__']);
});

test.for(['', '# nothing\n', '{}', 'tls_server_config:\nbasic_auth_users:\n'])(
  'a file without anything: %j',
  (content) => {
    expect(parseWebConfig(content, 'web.yml')).toEqual({
      tls: undefined,
      headers: new Map(),
      users: new Map(),
    });
  },
);

test.for<[string, string]>([
  ['tls_servr: {}', 'the file has no key "tls_servr"; its keys are tls_server_config, http_server'],
  ['rate_limit: {}', 'the file has no key "rate_limit"'],
  ['toString: {}', 'the file has no key "toString"'],
  ['[1]', 'the file must have keys and values.'],
  ['a: b: c', 'this is not YAML: '],
  ['a: 1\na: 2', 'this is not YAML: Map keys must be unique'],
  ['tls_server_config: 5', 'tls_server_config must have keys and values.'],
  [`${TLS}  certfile: x`, 'tls_server_config has no key "certfile"'],
  [`${TLS}  cert: x`, 'tls_server_config needs one of cert_file and cert.'],
  ['tls_server_config:\n  cert_file: a', 'tls_server_config needs one of key_file and key.'],
  ['tls_server_config:\n  cert_file: 5\n  key_file: b', 'cert_file must be text.'],
  [`${TLS}  min_version: SSL3`, 'min_version must be one of TLS10, TLS11, TLS12, TLS13.'],
  [`${TLS}  min_version: TLS13\n  max_version: TLS12`, 'min_version is above max_version.'],
  [`${TLS}  client_auth_type: Please`, 'client_auth_type must be one of NoClientCert, '],
  [`${TLS}  client_ca_file: ca`, 'client_ca_file is of no use without client_auth_type.'],
  [
    `${TLS}  client_auth_type: VerifyClientCertIfGiven`,
    'VerifyClientCertIfGiven needs client_ca_file.',
  ],
  [`${TLS}  client_allowed_sans: [a]`, 'client_allowed_sans needs the client_auth_type Require'],
  [`${TLS}  cipher_suites: x`, 'cipher_suites must be a list.'],
  [`${TLS}  prefer_server_cipher_suites: maybe`, 'must be true or false.'],
  [
    'http_server_config:\n  headers:\n    Server: x',
    'the header "Server" cannot be set; those that',
  ],
  [
    'http_server_config:\n  headers:\n    X-Frame-Options: x',
    'X-Frame-Options must be deny or sameorigin.',
  ],
  [
    'http_server_config:\n  headers:\n    X-XSS-Protection: "a\\nb"',
    'X-XSS-Protection must be printable',
  ],
  ['basic_auth_users:\n  a: secret', 'the password of "a" is not a bcrypt hash; htpasswd'],
  [
    `basic_auth_users:\n  a: ${HASH.replace('$10$', '$16$')}`,
    'the cost of the hash of "a" must lie between 4 and 15.',
  ],
  [
    `basic_auth_users:\n  a: ${HASH.replace('$10$', '$03$')}`,
    'the cost of the hash of "a" must lie',
  ],
  ['"\\u001b[2J": {}', 'the file has no key "\\u001b[2J"'],
])('%j is told in one sentence', ([content, sentence]) => {
  const read = () => parseWebConfig(content, 'web\u001b.yml');
  expect(read).toThrow(WebConfigError);
  expect(read).toThrow(sentence);
  expect(read).toThrow(/^web\\x1b\.yml: \P{Cc}+\.$/u);
});

test('the highest and the lowest cost', () => {
  for (const cost of ['04', '15']) {
    const users = `basic_auth_users:\n  a: ${HASH.replace('$10$', `$${cost}$`)}`;
    expect(parseWebConfig(users, 'web.yml').users.size).toBe(1);
  }
});

test('a bomb of aliases is refused', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
  for (const [n, name] of 'bcdefg'.split('').entries()) {
    const before = 'abcdefg'[n];
    bomb.push(`${name}: &${name} [${Array(10).fill(`*${before}`).join(',')}]`);
  }
  expect(() => parseWebConfig(bomb.join('\n'), 'web.yml')).toThrow(/cannot be read: .*alias/);
});

test.each([
  ['a FIFO', (path: string) => void execFileSync('mkfifo', [path]), 'not a regular file'],
  ['/dev/zero', (path: string) => symlinkSync('/dev/zero', path), 'not a regular file'],
  ['a directory', (path: string) => mkdirSync(path), 'it is a directory'],
  [
    'endless',
    (path: string) => writeFileSync(path, '#'.repeat(300_000)),
    'longer than 262144 bytes',
  ],
])('what is %s is refused, and not waited for', (_, make, reason) => {
  const path = newPath();
  make(path);
  expect(() => new WebConfigFile(path).current()).toThrow(` cannot be read: ${reason}.`);
});

test.each([
  ['x'.repeat(5000), 'name too long'],
  ['/dev/null/web.yml', 'not a directory'],
])('a name that leads nowhere is told', (path, reason) => {
  expect(() => new WebConfigFile(path).current()).toThrow(`${path} cannot be read: ${reason}.`);
});

describe('a file that changes', () => {
  const usersIn = (file: WebConfigFile) => [...file.current().users.keys()];

  test('is read again, and is as bad as it is', () => {
    const path = newPath();
    const file = new WebConfigFile(path);
    expect(() => file.current()).toThrow(/ cannot be read: no such file\.$/);
    writeFileSync(path, `basic_auth_users:\n  a: ${HASH}\n`);
    expect(usersIn(file)).toEqual(['a']);
    expect(file.current()).toBe(file.current());
    writeFileSync(path, `basic_auth_users:\n  bc: ${HASH}\n`);
    expect(usersIn(file)).toEqual(['bc']);
    writeFileSync(path, 'nonsense: 1\n');
    expect(() => file.current()).toThrow(/has no key "nonsense"/);
    expect(() => file.current()).toThrow(/has no key "nonsense"/);
    rmSync(path);
    expect(() => file.current()).toThrow(/no such file/);
  });

  test.for([
    '',
    '# later\n',
    'basic_auth_users:\n',
    'basic_auth_users: {}\n',
    'http_server_config:\n',
  ])('does not end authentication: %j', (text) => {
    const path = newPath();
    const file = new WebConfigFile(path);
    writeFileSync(path, text);
    expect(usersIn(file)).toEqual([]);
    writeFileSync(path, `basic_auth_users:\n  a: ${HASH}\n`);
    expect(usersIn(file)).toEqual(['a']);
    for (const _ of [1, 2]) {
      writeFileSync(path, text);
      expect(() => file.current()).toThrow(
        `${path} has no basic_auth_users any more, which ends with a restart only.`,
      );
      writeFileSync(path, 'nonsense: 1\n');
      expect(() => file.current()).toThrow(/has no key "nonsense"/);
    }
    writeFileSync(path, `basic_auth_users:\n  b: ${HASH}\n`);
    expect(usersIn(file)).toEqual(['b']);
  });
});
