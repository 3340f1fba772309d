import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import {
  FULLEST_ROW,
  LAUNCHER,
  LIVE_COMMAND,
  type LiveOptions,
  nearlyFullProc,
  openLiveShell,
  RECORDED_PROC,
  removeDirectories,
  startLive,
} from '../helpers/live-view.ts';
import { terminalEnvironment } from '../helpers/terminal-environment.ts';
import { closeTerminals, type Terminal } from '../helpers/terminal.ts';

afterEach(async () => {
  await closeTerminals();
  removeDirectories();
});

// SGR with a colour among its parameters: 30-38, 40-48, 90-97, 100-107.
// oxlint-disable-next-line no-control-regex -- escape codes are what is looked for
const COLOUR = /\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m/;

/** Shows every panel, and resolves with all that was sent to the terminal. */
async function everyPanel(terminal: Terminal): Promise<string> {
  const press = async (key: string, expected: RegExp) => {
    terminal.press(key);
    await terminal.waitFor(expected);
  };
  await terminal.waitFor(/HEADROOM/);
  await press('a', /10\.1% (?:→|->)/);
  await press('2', /10\.1% (?:→|->)/);
  await press('s', /[│|] sysctl /);
  await press('?', /Home g/);
  await press('/', /^ \/ /m);
  await press('10', /^ \/ 10/m);
  await press('enter', /filter: 10/);
  await press('>', /HEADROOM/);
  await press('p', /FROZEN/);
  await press('p', /HEADROOM/);
  terminal.press('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
  return terminal.raw();
}

test.each(['CI', 'CONTINUOUS_INTEGRATION', 'GITHUB_ACTIONS'])(
  'is live under %s=1',
  async (name) => {
    const terminal = startLive({ env: { [name]: '1' } });
    await terminal.waitFor(FULLEST_ROW);
    expect(terminal.state()).toMatchObject({ alternateScreen: true, cursorVisible: false });
    terminal.press('?');
    await terminal.waitFor(/q Ctrl-C +quit/);
    terminal.press('q');
    expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
  },
);

describe('colours', () => {
  test('are there by default, for what is bad', async () => {
    expect(await everyPanel(startLive({ proc: nearlyFullProc() }))).toMatch(COLOUR);
  });

  const without: Record<string, LiveOptions> = {
    'NO_COLOR=1': { env: { NO_COLOR: '1' } },
    'NO_COLOR=1 where FORCE_COLOR is not set': { env: { NO_COLOR: '1', FORCE_COLOR: undefined } },
    '--no-color': { args: ['--no-color'] },
  };

  test.each(Object.entries(without))('are not there with %s', async (_, options) => {
    expect(await everyPanel(startLive({ proc: nearlyFullProc(), ...options }))).not.toMatch(COLOUR);
  });
});

describe('ASCII', () => {
  const only: Record<string, LiveOptions> = {
    '--ascii': { args: ['--ascii'] },
    'LC_ALL=C': { env: { LC_ALL: 'C' } },
  };
  const sizes = [
    { columns: 120, rows: 40 },
    { columns: 80, rows: 24 },
    { columns: 40, rows: 10 },
  ];

  test.each(
    Object.entries(only).flatMap(([name, options]) =>
      sizes.map((size) => ({ name, options, ...size })),
    ),
  )('alone is sent with $name at $columns x $rows', async ({ options, columns, rows }) => {
    const proc = nearlyFullProc();
    const raw = await everyPanel(startLive({ proc, columns, rows, ...options }));
    expect(raw.match(/.{0,20}[^\p{ASCII}].{0,20}/gu) ?? []).toEqual([]);
  });
});

describe('without a terminal to draw on', () => {
  const NOTICE = /^ephtop: no terminal to draw on.*$/m;

  test('TERM=dumb: the table once, and a word about it', async () => {
    const { output, terminal } = await openLiveShell();
    const printed = await output(`TERM=dumb ${LIVE_COMMAND}; echo "status $?"`);
    expect(printed).toMatch(NOTICE);
    expect(printed).toMatch(/10\.0\.3\.7 +10\.0\.9\.21:8080 .*85\.4%/);
    expect(printed.match(/HEADROOM/g)).toHaveLength(1);
    expect(printed).toMatch(/^status 0$/m);
    expect(terminal.raw()).not.toContain('\x1b');
  });

  test('stdout is no terminal: data on stdout, the word on stderr, no escape codes', () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [LAUNCHER, '--proc', RECORDED_PROC],
      {
        encoding: 'utf8',
        env: terminalEnvironment({}),
      },
    );
    expect(status).toBe(0);
    expect(stdout + stderr).not.toContain('\x1b');
    expect(stdout).toMatch(/10\.0\.3\.7 +10\.0\.9\.21:8080 .*85\.4%/);
    expect(stdout.match(/HEADROOM/g)).toHaveLength(1);
    expect(stderr).toMatch(NOTICE);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('only stdout is a pipe', async () => {
    const { output, terminal } = await openLiveShell();
    const printed = await output(`${LIVE_COMMAND} | cat; echo "status \${PIPESTATUS[0]}"`);
    expect(printed).toMatch(NOTICE);
    expect(printed).toMatch(/10\.0\.3\.7 +10\.0\.9\.21:8080 .*85\.4%/);
    expect(printed).toMatch(/^status 0$/m);
    expect(terminal.raw()).not.toContain('\x1b');
  });
});
