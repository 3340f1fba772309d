/**
 * What ephtop tells people to write into a program's configuration, read by that program. Envoy, Go and Java are not in
 * Debian, or are no configuration: theirs are not checked.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, onTestFinished, test } from 'vitest';
import {
  bindConfig,
  type ClientConfig,
  connectTimeoutConfig,
  keepAliveConfig,
  sourceAddressConfig,
} from '../../../src/model/advice/client-config.ts';
import type { TupleGroup } from '../../../src/model/sample/tuple-group.ts';
import { modelWithOwners, withInodes } from '../../helpers/owners.ts';
import { nodePath } from '../../helpers/namespace.ts';
import { connections } from '../../helpers/sockets.ts';

const KINDS = {
  'keep-alive': keepAliveConfig,
  'source addresses': sourceAddressConfig,
  bind: bindConfig,
  'connect timeout': connectTimeoutConfig,
} as const;
type Kind = keyof typeof KINDS;

/** A program that can say whether it understands a file. */
interface Checker {
  readonly command: string;
  readonly args: (file: string, directory: string) => readonly string[];
  /** The name that the kernel has for it. */
  readonly owner: string;
  readonly program: string;
  /** A whole configuration around the snippet. */
  readonly around: (text: string, kind: Kind, directory: string) => string;
}

/** As HAProxy wants an address where a port may follow. */
const bracketed = (address: string) => (address.includes(':') ? `[${address}]` : address);
const indented = (text: string) => text.replace(/^/gm, '    ');

const CHECKERS: readonly Checker[] = [
  {
    command: 'haproxy',
    args: (file) => ['-c', '-f', file],
    owner: 'haproxy',
    program: 'haproxy',
    around: (text) => {
      const defaults = ['connect', 'client', 'server'].map((each) => `    timeout ${each} 5s`);
      const backend = /^backend/m.test(text) ? text : `backend app\n${indented(text)}`;
      const door = ['frontend web', '    bind 127.0.0.1:8080', '    default_backend app'];
      return ['defaults', '    mode http', ...defaults, ...door, backend, ''].join('\n');
    },
  },
  {
    command: 'nginx',
    args: (file, directory) => ['-t', '-q', '-c', file, '-p', directory],
    owner: 'nginx',
    program: 'nginx',
    around(text, _, directory) {
      const at = text.indexOf('location');
      const [http, server] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)];
      return [
        `pid ${directory}/pid;`,
        `error_log ${directory}/log;`,
        'events {}',
        `http { access_log off; ${http}`,
        `server { listen 127.0.0.1:8080; ${server} } }`,
      ].join('\n');
    },
  },
  {
    command: 'apache2',
    args: (file) => ['-t', '-f', file],
    owner: 'apache2',
    program: 'apache',
    around: (text, _, directory) =>
      [
        `ServerRoot ${directory}`,
        `PidFile ${directory}/pid`,
        `ErrorLog ${directory}/log`,
        'ServerName localhost',
        'Listen 127.0.0.1:8080',
        ...['mpm_event', 'authz_core', 'proxy', 'proxy_http'].map(
          (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
        ),
        text,
        '',
      ].join('\n'),
  },
  {
    command: 'squid',
    args: (file) => ['-k', 'parse', '-f', file],
    owner: 'squid',
    program: 'squid',
    around: (text) => ['http_port 127.0.0.1:3128', text, ''].join('\n'),
  },
  {
    command: nodePath(),
    args: (file) => ['--check', file],
    owner: 'node',
    program: 'node',
    around: (text) => text,
  },
  {
    command: 'python3',
    args: (file) => ['-c', 'import ast, sys; ast.parse(open(sys.argv[1]).read())', file],
    owner: 'python3',
    program: 'python',
    around: (text) => text,
  },
];

/** Both families: an IPv6 address stands in brackets where a port follows. */
const ENDS = [
  { family: 'IPv4', local: '10.0.3.7', remote: '10.0.9.21', second: '10.0.3.8' },
  { family: 'IPv6', local: '2001:db8::1', remote: '2001:db8::21', second: '2001:db8::2' },
] as const;
type Ends = (typeof ENDS)[number];

function groupOf(owner: string, { local, remote }: Ends): TupleGroup {
  const sockets = withInodes(connections(3, { local, remote }), 100);
  const inodes = [100, 101, 102];
  const { worst } = modelWithOwners(sockets, [{ pid: 812, command: owner, inodes }]);
  if (worst === undefined) throw new Error('no group');
  return worst;
}

function check(
  { command, args, program, around }: Checker,
  { lines }: ClientConfig,
  kind: Kind,
  ends: Ends,
) {
  const directory = mkdtempSync(join(tmpdir(), 'ephtop-snippets-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'config');
  const text = lines
    .join('\n')
    .replaceAll('SECOND_ADDRESS', program === 'haproxy' ? bracketed(ends.second) : ends.second);
  writeFileSync(file, around(text, kind, directory));
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
  const { status, stdout, stderr, error } = spawnSync(command, args(file, directory), {
    encoding: 'utf8',
    env: { ...process.env, PATH: path },
  });
  return { status, said: `${stdout ?? ''}${stderr ?? ''}`.trim(), missing: error !== undefined };
}

describe.each(CHECKERS)('$program understands what it is told to do about', (checker) => {
  const cases = Object.entries(KINDS).flatMap(([kind, configOf]) =>
    ENDS.map((ends) => ({ kind: kind as Kind, configOf, ends, family: ends.family })),
  );

  test.for(cases)('$kind, $family', ({ kind, configOf, ends }, { expect, skip }) => {
    const config = configOf(groupOf(checker.owner, ends));
    // For what a program has no setting the general advice stands in.
    if (config.program === 'any program') return expect(checker.program).toBe('apache');
    expect(config.program).toBe(checker.program);
    const { status, said, missing } = check(checker, config, kind, ends);
    if (missing && process.env['CI'] !== undefined)
      throw new Error(`CI must have ${checker.command}`);
    skip(missing, `${checker.command} is not installed: its configuration is not checked`);
    expect(said).not.toMatch(/warn|error|unrecognized|FATAL/i);
    expect(status, said).toBe(0);
  });
});

test('a mistake would be seen by each of them', ({ expect, skip }) => {
  const [ends] = ENDS;
  const config = { program: 'any program', lines: ['no such ( directive;'] };
  for (const checker of CHECKERS) {
    const { status, said, missing } = check(checker, config, 'bind', ends);
    skip(missing, `${checker.command} is not installed`);
    expect(status !== 0 || /unrecognized/.test(said), checker.program).toBe(true);
  }
});
