import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  configPath,
  initialOrder,
  readConfig,
  saveSettings,
  warningsNotice,
  withConfig,
} from '../../src/cli/config.ts';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ephtop-config-'));
  file = join(directory, 'config.json');
});

afterEach(() => {
  chmodSync(directory, 0o700);
  rmSync(directory, { recursive: true });
});

const write = (value: unknown) =>
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));

test('the file is where the XDG base directories say', () => {
  expect(configPath({ XDG_CONFIG_HOME: '/x/y' })).toBe('/x/y/ephtop/config.json');
  const inHome = join(homedir(), '.config/ephtop/config.json');
  expect(configPath({})).toBe(inHome);
  expect(configPath({ XDG_CONFIG_HOME: 'relative' })).toBe(inHome);
});

test.each(['', 'relative'])('there is no place for it where HOME is %j', (home) => {
  vi.stubEnv('HOME', home);
  try {
    expect(configPath({})).toBeUndefined();
  } finally {
    vi.unstubAllEnvs();
  }
});

describe('reading', () => {
  test('no file is no settings', () => {
    expect(readConfig(file)).toEqual({ config: {}, warnings: [] });
    expect(readConfig('/dev/null/ephtop/config.json')).toEqual({ config: {}, warnings: [] });
  });

  test('what is no file is told, and not waited for', () => {
    expect(readConfig('/dev/zero')).toEqual({
      config: {},
      warnings: ['/dev/zero: cannot be read: not a regular file'],
    });
  });

  test('each setting is read in the words of the command line', () => {
    write({
      theme: 'mono',
      color: '256',
      sort: 'eta',
      inverted: true,
      interval: '1.5s',
      mouse: false,
      ascii: true,
      screenReader: true,
      cpuBudget: '5%',
    });
    expect(readConfig(file).config).toEqual({
      theme: 'mono',
      color: '256',
      sort: 'eta',
      inverted: true,
      interval: 1500,
      mouse: false,
      ascii: true,
      screenReader: true,
      cpuBudget: 0.05,
    });
  });

  test.for([
    ['{"theme": ', /this is not JSON: /],
    [{ inverted: 'true' }, /"true" is wrong for "inverted"\. Write true or false/],
    ['', /this is not JSON: /],
    [[], /a JSON object is expected/],
    [
      { colour: 'red' },
      /no setting "colour" exists; the settings are interval, cpuBudget, sort, theme, mouse, screenReader, color, ascii, inverted\. Did you mean color\?$/,
    ],
    [{ ['__proto__x']: 1 }, /no setting "__proto__x" exists/],
    [{ theme: 'pink' }, /"pink" is wrong for "theme"\. Write one of "default", "colour-blind"/],
    [{ sort: 3 }, /3 is wrong for "sort"\. Write one of "place", "group", "headroom"/],
    [{ interval: 250 }, /250 is wrong for "interval"\. Write a duration such as 250ms/],
    [{ interval: '1ms' }, /"1ms" is wrong for "interval"\. It must lie between 50ms and 1h/],
    [{ color: 256 }, /256 is wrong for "color"\. Write one of "auto", "always", "never"/],
    [{ mouse: 'yes' }, /"yes" is wrong for "mouse"\. Write true or false/],
    [{ cpuBudget: 0.1 }, /0\.1 is wrong for "cpuBudget"\. Write a percentage/],
    ['{"theme": "\u001b[31m\n', /this is not JSON: /],
  ] as const)('%j is told in one line that names the file', ([content, problem]) => {
    write(content);
    const { config, warnings } = readConfig(file);
    expect({ config, count: warnings.length }).toEqual({ config: {}, count: 1 });
    const [warning = ''] = warnings;
    expect(warning).toMatch(problem);
    expect(warning.startsWith(`${file}: `)).toBe(true);
    expect(warning).not.toMatch(/\p{Cc}/u);
  });

  test('the other settings hold', () => {
    write({ sort: 'hedroom', interval: '700ms', thme: 'mono', mouse: false });
    const { config, warnings } = readConfig(file);
    expect(config).toEqual({ interval: 700, mouse: false });
    expect(warnings).toEqual([
      expect.stringMatching(/"hedroom" is wrong for "sort"\. .* Did you mean headroom\?$/),
      expect.stringMatching(/no setting "thme" exists; .* Did you mean theme\?$/),
    ]);
  });

  test('a directory in its place is told as well', () => {
    expect(readConfig(directory).warnings).toEqual([expect.stringMatching(/: cannot be read: /)]);
  });
});

test.for([
  [[], undefined],
  [['a'], 'a'],
  [['a', 'b', 'c'], 'a (and 2 more in the file)'],
] as const)('of the warnings %j the notice is %j', ([warnings, notice]) => {
  expect(warningsNotice(warnings)).toBe(notice);
});

test('the command line wins over the file, and the file over defaults', () => {
  const options = {
    theme: 'default',
    sort: 'headroom',
    interval: 250,
    mouse: true,
    ascii: false,
    screenReader: false,
    cpuBudget: 0.1,
    filter: 'x',
  } as const;
  const config = { sort: 'eta', inverted: true, interval: 1000, mouse: false } as const;
  expect(withConfig(options, config, (name) => name === 'sort')).toEqual({
    ...options,
    interval: 1000,
    mouse: false,
  });
});

test('the file sets nothing that the command has no option for', () => {
  const config = { interval: 1000, cpuBudget: 0.5, sort: 'eta', inverted: true } as const;
  const options = { sort: 'headroom', filter: '' } as const;
  expect(withConfig(options, config, () => false)).toEqual({ sort: 'eta', filter: '' });
});

test.for([
  [{}, false, { column: 'eta', inverted: false }],
  [{ inverted: false }, false, { column: 'eta', inverted: false }],
  [{ inverted: true }, false, { column: 'eta', inverted: true }],
  [{ inverted: true }, true, { column: 'eta', inverted: false }],
] as const)('of %j, with --sort given: %j, the order is %j', ([config, isGiven, order]) => {
  expect(initialOrder({ sort: 'eta' }, config, () => isGiven)).toEqual(order);
});

describe('saving', () => {
  const SETTINGS = { theme: 'mono', sort: 'eta', inverted: true, intervalMs: 1500 } as const;
  const saved = () => JSON.parse(readFileSync(file, 'utf8')) as unknown;

  test('makes the file and its directory, and what it writes can be read', () => {
    const deep = join(directory, 'a/b/config.json');
    expect(saveSettings(deep, SETTINGS)).toBe(`Theme, order and interval are saved in ${deep}`);
    expect(readConfig(deep).config).toEqual({
      theme: 'mono',
      sort: 'eta',
      inverted: true,
      interval: 1500,
    });
  });

  test('leaves other settings, and a theme that there was no choice of, as they are', () => {
    write({ mouse: false, theme: 'colour-blind', sort: 'tw' });
    saveSettings(file, { ...SETTINGS, theme: undefined });
    expect(saved()).toEqual({
      mouse: false,
      theme: 'colour-blind',
      sort: 'eta',
      inverted: true,
      interval: '1500ms',
    });
    expect(readdirSync(directory)).toEqual(['config.json']);
  });

  test('writes through a symbolic link', () => {
    const target = join(directory, 'dotfile.json');
    writeFileSync(target, '{}');
    symlinkSync(target, file);
    saveSettings(file, SETTINGS);
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(saved()).toMatchObject({ sort: 'eta' });
  });

  test.each([0o600, 0o444, 0o664])('keeps the mode %o of the file', (mode) => {
    write({ sort: 'tw' });
    chmodSync(file, mode);
    saveSettings(file, SETTINGS);
    expect(saved()).toMatchObject({ sort: 'eta' });
    expect(statSync(file).mode & 0o777).toBe(mode);
  });

  test('leaves a file alone whose name is that of a new one', () => {
    writeFileSync(`${file}.new`, 'mine');
    saveSettings(file, SETTINGS);
    expect(readFileSync(`${file}.new`, 'utf8')).toBe('mine');
    expect(saved()).toMatchObject({ sort: 'eta' });
  });

  test('fails once where no directory can be made', () => {
    expect(saveSettings('/proc/self/ephtop/config.json', SETTINGS)).toMatch(/^Not saved: ./);
  });

  test.each([
    ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
    ['a link', (path: string) => symlinkSync('elsewhere.json', path)],
  ])('neither waits for nor follows %s in place of its temporary file', (_, make) => {
    make(`${file}.new`);
    saveSettings(file, SETTINGS);
    expect(saved()).toMatchObject({ sort: 'eta' });
    expect(readdirSync(directory)).toEqual(['config.json', 'config.json.new']);
  });

  test('does not touch a file that it cannot read, and says why', () => {
    write('{"mouse": fal');
    expect(saveSettings(file, SETTINGS)).toMatch(/^Not saved: .*this is not JSON/);
    expect(readFileSync(file, 'utf8')).toBe('{"mouse": fal');
  });

  test.skipIf(process.geteuid?.() !== 0)('leaves nothing of root in the home of a user', () => {
    chownSync(directory, 12_345, 12_345);
    const deep = join(directory, 'a/config.json');
    expect(saveSettings(deep, SETTINGS)).toBe(`Not saved: ${directory} belongs to another user`);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('says why nothing could be written', () => {
    expect(saveSettings('/dev/null/ephtop/config.json', SETTINGS)).toMatch(/^Not saved: ./);
  });
});
