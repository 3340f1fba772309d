import { CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { canUse, COMMAND_NAMES, type CommandName, COMMANDS } from '../../src/cli/command-table.ts';
import { OPTION_ENTRIES, type OptionName, OPTIONS } from '../../src/cli/option-table.ts';
import { usageExitCode } from '../../src/cli/program.ts';
import { readLine } from '../helpers/read-line.ts';

/** What a command line needs besides options. */
const NEEDED: Record<CommandName, string[]> = {
  live: [],
  snapshot: ['snapshot'],
  check: ['check'],
  exporter: ['exporter'],
  advise: ['advise'],
  record: ['record'],
  replay: ['replay', 'incident.eph.gz'],
  report: ['report', 'incident.eph.gz'],
  anonymize: ['anonymize', 'incident.eph.gz'],
  demo: ['demo', 'burst'],
  namespaces: ['namespaces'],
  completion: ['completion', 'bash'],
  help: ['help', 'check'],
};

/** The commands that read the kernel. */
const WATCHING = ['live', 'snapshot', 'check', 'exporter', 'advise', 'record'];

/** Who can use what: a column a command, in the order of NEEDED, and a line that uses the option. */
const MATRIX: Record<OptionName, readonly [use: string, value: unknown, ...columns: string[]]> = {
  interval: ['--interval 1s', 1000, 'live', 'snapshot', 'record', 'demo'],
  via: ['--via ssh', [{ text: 'ssh', words: ['ssh'] }], ...WATCHING],
  pid: ['--pid 1234', 1234, ...WATCHING],
  netns: ['--netns blue', 'blue', ...WATCHING],
  allNamespaces: ['--all-namespaces', true, ...WATCHING],
  source: ['--source procfs', 'procfs', ...WATCHING, 'namespaces'],
  proc: ['--proc /host/proc/1', '/host/proc/1', ...WATCHING, 'namespaces'],
  cpuBudget: ['--cpu-budget 5%', 0.05, 'live', 'record', 'demo'],
  filter: ['--filter :8080', ':8080', 'live', 'snapshot', 'check', 'exporter', 'replay', 'demo'],
  sort: ['--sort eta', 'eta', 'live', 'snapshot', 'replay', 'demo'],
  theme: ['--theme mono', 'mono', 'live', 'replay', 'demo'],
  mouse: ['--no-mouse', false, 'live', 'replay', 'demo'],
  screenReader: ['--screen-reader', true, 'live', 'replay', 'demo'],
  bell: ['--bell', true, 'live', 'replay', 'demo'],
  config: ['--no-config', false, 'live', 'replay', 'demo'],
  color: [
    '--no-color',
    'never',
    'live',
    'snapshot',
    'advise',
    'record',
    'replay',
    'demo',
    'namespaces',
  ],
  ascii: ['--ascii', true, ...COMMAND_NAMES],
  debug: [
    '--debug x.log',
    'x.log',
    'live',
    'snapshot',
    'check',
    'exporter',
    'advise',
    'record',
    'replay',
    'report',
    'anonymize',
    'demo',
    'namespaces',
  ],
  format: ['--format json', 'json', 'snapshot', 'advise', 'replay', 'report', 'demo', 'namespaces'],
  count: ['--count 3', 3, 'snapshot'],
  output: ['-o x.eph.gz', 'x.eph.gz', 'record', 'anonymize'],
  duration: ['--duration 2h', 7_200_000, 'record'],
  ring: ['--ring 24h', 86_400_000, 'record'],
  dumpOn: ['--dump-on critical', 'critical', 'record'],
  anonymize: ['--anonymize', true, 'record'],
  cast: ['--cast x.cast', 'x.cast', 'replay'],
  size: ['--size 80x24', { columns: 80, rows: 24 }, 'replay'],
  speed: ['--speed 8', 8, 'replay'],
  warning: ['-w 60%', { start: 0, end: 60, isInside: false, text: '60' }, 'check'],
  critical: ['-c @10:20', { start: 10, end: 20, isInside: true, text: '@10:20' }, 'check'],
  etaWarning: ['--eta-warning 5m', 300, 'check'],
  etaCritical: ['--eta-critical 15', 15, 'check'],
  timeout: ['-t 5', 5000, 'check'],
  verbose: ['-vv', 2, 'check'],
  maxGroups: ['--max-groups 9', 9, 'snapshot', 'exporter'],
  listen: ['--listen [::1]:80', { host: '::1', port: 80 }, 'exporter'],
  list: ['--list', true, 'demo'],
  seed: ['--seed 7', 7, 'demo'],
  'web.config.file': ['--web.config.file web.yml', 'web.yml', 'exporter'],
};

/** The refusals, as far as a sentence is not made from the matrix. */
const USERS: Partial<Record<OptionName, string>> = {
  interval: 'the live view, snapshot, record and demo',
  via: 'the live view, snapshot, check, exporter, advise and record',
  pid: 'the live view, snapshot, check, exporter, advise and record',
  netns: 'the live view, snapshot, check, exporter, advise and record',
  allNamespaces: 'the live view, snapshot, check, exporter, advise and record',
  source: 'the live view, snapshot, check, exporter, advise, record and namespaces',
  proc: 'the live view, snapshot, check, exporter, advise, record and namespaces',
  cpuBudget: 'the live view, record and demo',
  filter: 'the live view, snapshot, check, exporter, replay and demo',
  sort: 'the live view, snapshot, replay and demo',
  theme: 'the live view, replay and demo',
  mouse: 'the live view, replay and demo',
  screenReader: 'the live view, replay and demo',
  bell: 'the live view, replay and demo',
  config: 'the live view, replay and demo',
  warning: 'check',
  critical: 'check',
  etaWarning: 'check',
  etaCritical: 'check',
  timeout: 'check',
  verbose: 'check',
  maxGroups: 'snapshot and exporter',
  listen: 'exporter',
  'web.config.file': 'exporter',
  format: 'snapshot, advise, replay, report, demo and namespaces',
  count: 'snapshot',
  output: 'record and anonymize',
  duration: 'record',
  ring: 'record',
  dumpOn: 'record',
  anonymize: 'record',
  cast: 'replay',
  size: 'replay',
  speed: 'replay',
  list: 'demo',
  seed: 'demo',
  color: 'the live view, snapshot, advise, record, replay, demo and namespaces',
  debug:
    'the live view, snapshot, check, exporter, advise, record, replay, report, anonymize, demo and namespaces',
};

/** What a refusal calls an option. */
const LONG: Readonly<Record<string, string>> = {
  '-o': '--output',
  '-w': '--warning',
  '-c': '--critical',
  '-t': '--timeout',
  '-vv': '--verbose',
};

const PAIRS = COMMAND_NAMES.flatMap((command) =>
  OPTION_ENTRIES.map(([option]) => ({ command, option })),
);

test('the matrix has every command and option, and the table says the same', () => {
  expect(Object.keys(NEEDED)).toEqual(COMMAND_NAMES);
  expect(Object.keys(MATRIX).toSorted()).toEqual(Object.keys(OPTIONS).toSorted());
  for (const [option, { topic }] of OPTION_ENTRIES) {
    const [, , ...users] = MATRIX[option];
    expect(COMMAND_NAMES.filter((name) => canUse(name, topic))).toEqual(users);
  }
  for (const name of COMMAND_NAMES)
    expect(canUse(name, 'format')).toBe(COMMANDS[name].formats !== undefined);
});

describe.each(['before', 'after'])('%s the command word', (where) => {
  test.each(PAIRS)('$command with $option', async ({ command, option }) => {
    const [use, value, ...users] = MATRIX[option];
    const [flag = ''] = use.split(' ');
    const words = use.split(' ');
    const line =
      where === 'before' ? [...words, ...NEEDED[command]] : [...NEEDED[command], ...words];
    const { name, options, invocation, error, stderr } = await readLine(...line);
    if (users.includes(command)) {
      expect({ name, error, stderr }).toEqual({ name: command, error: undefined, stderr: '' });
      expect(options[option]).toEqual(value);
      expect(invocation?.isGiven(option)).toBe(true);
      expect(invocation?.args).toEqual(NEEDED[command].slice(1));
    } else {
      const subject = command === 'live' ? 'the live view' : `"${command}"`;
      const long = LONG[flag] ?? flag;
      expect(stderr).toBe(`ephtop: ${subject} cannot use ${long}; it is for ${USERS[option]}.\n`);
      expect(error).toBeInstanceOf(CommanderError);
      expect(usageExitCode(error as CommanderError, COMMANDS[command].exit)).toBe(
        command === 'check' ? 3 : 2,
      );
      expect(name).toBeUndefined();
    }
  });
});

test.each([
  [['--color', '256'], '256'],
  [['--color=never'], 'never'],
  [['--no-color'], 'never'],
  [['--no-color', '--color', 'always'], 'always'],
  [['--color', 'always', '--no-color'], 'never'],
])('the last word on colour holds: %j', async (words, choice) => {
  const { options, invocation } = await readLine(...words, 'snapshot');
  expect(options.color).toBe(choice);
  expect(invocation?.isGiven('color')).toBe(true);
});

test.each<[CommandName, Record<string, unknown>]>([
  [
    'live',
    {
      interval: 250,
      allNamespaces: false,
      source: 'auto',
      proc: '/proc',
      cpuBudget: 0.1,
      filter: '',
      sort: 'headroom',
      theme: 'default',
      mouse: true,
      screenReader: false,
      bell: false,
      config: true,
      color: 'auto',
      ascii: false,
    },
  ],
  [
    'snapshot',
    {
      format: 'table',
      count: 1,
      maxGroups: 50,
      interval: 250,
      allNamespaces: false,
      source: 'auto',
      proc: '/proc',
      filter: '',
      sort: 'headroom',
      color: 'auto',
      ascii: false,
    },
  ],
  [
    'check',
    {
      warning: { start: 0, end: 75, isInside: false, text: '75' },
      critical: { start: 0, end: 90, isInside: false, text: '90' },
      etaWarning: 120,
      etaCritical: 30,
      timeout: 10_000,
      verbose: 0,
      allNamespaces: false,
      source: 'auto',
      proc: '/proc',
      filter: '',
      ascii: false,
    },
  ],
  [
    'exporter',
    {
      maxGroups: 50,
      listen: { host: '127.0.0.1', port: 19_717 },
      allNamespaces: false,
      source: 'auto',
      proc: '/proc',
      filter: '',
      ascii: false,
    },
  ],
  [
    'advise',
    {
      format: 'text',
      allNamespaces: false,
      source: 'auto',
      proc: '/proc',
      color: 'auto',
      ascii: false,
    },
  ],
  [
    'record',
    {
      anonymize: false,
      interval: 250,
      allNamespaces: false,
      source: 'auto',
      proc: '/proc',
      cpuBudget: 0.1,
      color: 'auto',
      ascii: false,
    },
  ],
  [
    'replay',
    {
      format: 'table',
      size: { columns: 120, rows: 30 },
      speed: 1,
      filter: '',
      sort: 'headroom',
      theme: 'default',
      mouse: true,
      screenReader: false,
      bell: false,
      config: true,
      color: 'auto',
      ascii: false,
    },
  ],
  ['report', { format: 'markdown', ascii: false }],
  ['anonymize', { ascii: false }],
  ['namespaces', { format: 'table', source: 'auto', proc: '/proc', color: 'auto', ascii: false }],
])('%s has these options by default, and no others', async (command, options) => {
  const outcome = await readLine(...NEEDED[command]);
  expect(outcome.options).toEqual(options);
  for (const [option] of OPTION_ENTRIES) expect(outcome.invocation?.isGiven(option)).toBe(false);
});

describe('an option that a command cannot use', () => {
  test.each([
    [['snapshot', '--theme', 'pink']],
    [['snapshot', '--theme']],
    [['snapshot', '--theme=mono']],
    [['snapshot', '--help', '--theme', 'mono']],
  ])('is refused in one sentence, right or wrong: %j', async (line) => {
    expect((await readLine(...line)).stderr).toBe(
      'ephtop: "snapshot" cannot use --theme; it is for the live view, replay and demo.\n',
    );
  });

  test.each([
    ['-ox', '--output'],
    ['--output=x', '--output'],
  ])('in short and joined: %s', async (word, long) => {
    const { stderr } = await readLine('advise', word);
    expect(stderr).toBe(`ephtop: "advise" cannot use ${long}; it is for record and anonymize.\n`);
  });
});

describe('--help', () => {
  test.each(COMMAND_NAMES)('of %s shows its options, and no others', async (command) => {
    const [word = '--help'] = NEEDED[command];
    const { stdout, error } = await readLine(word, '--help');
    expect((error as CommanderError).exitCode).toBe(0);
    const shown = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w.-]+)/gm)].map(([, flag]) => flag);
    const usable = OPTION_ENTRIES.filter(([option]) => MATRIX[option].slice(2).includes(command));
    const flags = usable.map(([, entry]) => /--[\w.-]+/.exec(entry.flags)?.[0]);
    // Short for a value of --color.
    if (flags.includes('--color')) flags.push('--no-color');
    expect(shown).toHaveLength(flags.length + 2);
    expect(new Set(shown)).toEqual(new Set([...flags, '--help', '--version']));
  });

  test('says choices and defaults in words', async () => {
    const { stdout } = await readLine('snapshot', '--help');
    const text = stdout.replace(/\s+/g, ' ');
    expect(text).toContain('how to print it: table, json or prometheus (default: table)');
    expect(text).toContain('how to read the sockets: auto, netlink or procfs (default: auto)');
    expect(text).toContain('time between two samples (default: 250ms)');
    expect(text).not.toMatch(/default: (?:""|true|false)/);
  });

  test('of check says what a range is, how to switch a limit off, and the exit statuses', async () => {
    const { stdout } = await readLine('check', '--help');
    for (const form of ['~:75', '10:20', '@10:20']) expect(stdout).toContain(`  ${form}`);
    expect(stdout.match(/0\s+switches\s+it\s+off \(default: /g)).toHaveLength(2);
    expect(stdout).toContain('Exit status: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN');
    expect(stdout).not.toContain('the same for');
  });

  test.each(COMMAND_NAMES)('of %s fits 80 columns', async (command) => {
    const [word = '--help'] = NEEDED[command];
    const { stdout } = await readLine(word, '--help');
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});

test.each([
  [['-i', '1s'], 'interval', 1000],
  [['-i1s'], 'interval', 1000],
  [['-f', 'port:80'], 'filter', 'port:80'],
  [['-s', 'eta'], 'sort', 'eta'],
  [['-n', '3'], 'count', 3],
] as const)('in short: %j', async (line, option, value) => {
  const { options, invocation } = await readLine(...line, 'snapshot');
  expect(options[option]).toBe(value);
  expect(invocation?.isGiven(option)).toBe(true);
});

test.each([
  ['live', /unknown command 'live'\. Try "ephtop --help"\./],
  ['snapshot --bogus', /unknown option '--bogus'\. Try "ephtop snapshot --help"\./],
  ['replay', /missing required argument 'file'\. Try "ephtop replay --help"\./],
  ['advise --format table', /Allowed choices are text, json\. Try "ephtop advise --help"\./],
])('%s: the error names the help of the command', async (line, message) => {
  expect((await readLine(...line.split(' '))).stderr).toMatch(message);
});

test('a command has its own exit statuses for help and for errors of its command line', async () => {
  const plugin = { help: 3, usage: 4, failure: 5 };
  const statusOf = async (...line: string[]) =>
    usageExitCode((await readLine(...line)).error as CommanderError, plugin);
  expect(await statusOf('snapshot', '--help')).toBe(3);
  expect(await statusOf('snapshot', '--version')).toBe(3);
  expect(await statusOf('snapshot', '--bogus')).toBe(4);
  expect(await statusOf('snapshot', '--interval', '1')).toBe(4);
  expect(await statusOf('snapshot', '--theme', 'mono')).toBe(4);
  expect(await statusOf('bogus')).toBe(4);
});
