import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import {
  addToSamePort,
  FULLEST_ROW,
  LAUNCHER,
  LIVE_COMMAND,
  type LiveOptions,
  nearlyFullProc,
  openLiveShell,
  RECORDED_PROC,
  cleanUpAfterEach,
  startLive,
  TO_BACKEND,
} from '../../helpers/live-view.ts';
import { crowdedProc } from '../../helpers/crowded-proc.ts';
import { expectScreen, goBack, goTo, SCREENS } from '../../helpers/screens.ts';
import { terminalEnvironment } from '../../helpers/terminal-environment.ts';
import { type Terminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

// SGR with a colour among its parameters: 30-38, 40-48, 90-97, 100-107.
// oxlint-disable-next-line no-control-regex -- escape codes are what is looked for
const COLOUR = /\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m/g;

/** Shows every screen, and resolves with all that was sent to the terminal. */
async function everyScreen(terminal: Terminal): Promise<string> {
  await terminal.waitFor(/HEADROOM/);
  for (const screen of SCREENS) {
    await goTo(terminal, screen);
    await goBack(terminal, screen);
  }
  terminal.press('/', '10.', 'enter');
  await terminal.waitFor('filter: 10.');
  terminal.press('>', 'p');
  await terminal.waitFor(/FROZEN/);
  terminal.press('p');
  // There is a past after a second.
  const past = () => (terminal.press('left'), terminal.screen());
  await expect.poll(past, { timeout: 10_000 }).toMatch(/PAST/);
  terminal.press('L', 'f');
  await terminal.waitFor(/by des/);
  terminal.press('t');
  await terminal.waitFor(/Theme: /);
  terminal.press('/', ' dst:');
  await terminal.waitFor(/write the beginning/);
  terminal.press('ctrlC');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
  return terminal.raw();
}

/** Shows the groups and another theme, and resolves with all that was sent to the terminal. */
async function firstScreen(terminal: Terminal): Promise<string> {
  await terminal.waitFor(/^▸▲/m);
  terminal.press('t');
  await terminal.waitFor(/Theme: /);
  terminal.press('ctrlC');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
  return terminal.raw();
}

/** Checks what a program with each of these options sends; they run at the same time. */
async function eachSent(
  proc: string,
  variants: Record<string, LiveOptions>,
  screens: (terminal: Terminal) => Promise<string>,
  check: (sent: string, options: LiveOptions) => void,
): Promise<void> {
  const run = async ([name, options]: [string, LiveOptions]) => {
    const sent = await screens(startLive({ proc, ...options }));
    try {
      check(sent, options);
    } catch (error) {
      throw new Error(`with ${name}`, { cause: error });
    }
  };
  await Promise.all(Object.entries(variants).map(run));
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
  const UNSET = { COLORTERM: undefined, FORCE_COLOR: undefined };
  const some: Record<string, LiveOptions> = {
    'COLORTERM=truecolor': { env: { ...UNSET, COLORTERM: 'truecolor' } },
    '--theme colour-blind': { args: ['--theme', 'colour-blind'] },
  };
  // Whether there are colours, and how many, is decided at the start, for all screens.
  const someAsWell: Record<string, LiveOptions> = {
    'TERM=xterm': { env: { ...UNSET, TERM: 'xterm' } },
    'TERM=xterm-256color': { env: UNSET },
    'FORCE_COLOR=1': { env: { FORCE_COLOR: '1' } },
  };
  const none: Record<string, LiveOptions> = {
    '--no-color': { args: ['--no-color'] },
    'FORCE_COLOR=0': { env: { FORCE_COLOR: '0' } },
  };
  const noneEither: Record<string, LiveOptions> = {
    'NO_COLOR=1': { env: { NO_COLOR: '1' } },
    'NO_COLOR=1 where FORCE_COLOR is not set': { env: { NO_COLOR: '1', FORCE_COLOR: undefined } },
  };

  // Those of the palette fit the background, whichever it is; behind the text there is always that.
  test('are of the palette, and only for what is bad', async () => {
    const check = (sent: string, { args }: LiveOptions) => {
      const [red, yellow, blue] = ['\x1b[31m', '\x1b[33m', '\x1b[94m'];
      // What is critical is red, and yellow in the theme for the colour-blind, where a warning is blue.
      const wanted = args === undefined ? [red, yellow] : [yellow, blue];
      expect([...new Set(sent.match(COLOUR))].toSorted()).toEqual(wanted);
    };
    await eachSent(nearlyFullProc(), some, everyScreen, check);
    await eachSent(nearlyFullProc(), someAsWell, firstScreen, check);
  });

  test('are not there where none are wanted', async () => {
    const check = (sent: string) => expect(sent.match(COLOUR)).toBeNull();
    await eachSent(nearlyFullProc(), none, everyScreen, check);
    await eachSent(nearlyFullProc(), noneEither, firstScreen, check);
  });

  test('stand on what a glyph or a word says as well; without them the screen is the same', async () => {
    const proc = nearlyFullProc();
    const options = { proc, args: ['--interval', '1m'] };
    const coloured = startLive(options);
    const plain = startLive({ ...options, env: { NO_COLOR: '1' } });
    for (const terminal of [coloured, plain]) await terminal.waitFor(/^▸▲/m);
    await expectScreen(plain, coloured.screen());
    const lines = coloured.lines();
    const inColour = lines.filter((line, y) =>
      [...line].some((_, x) => coloured.cell(x, y).foreground !== undefined),
    );
    expect(inColour).toHaveLength(2);
    for (const line of inColour) expect(line).toMatch(/^.?▲ .*10\.0\.9\.21:8080/);
  });
});

describe('ASCII', () => {
  const LOCALE = { LC_ALL: undefined, LC_CTYPE: undefined, LANG: undefined };

  const only: Record<string, LiveOptions> = {
    '--ascii': { args: ['--ascii'], columns: 200, rows: 60 },
    'LC_ALL=C': { env: { ...LOCALE, LC_ALL: 'C' }, columns: 120, rows: 40 },
    'LC_ALL=POSIX': { env: { ...LOCALE, LC_ALL: 'POSIX' }, columns: 80, rows: 24 },
    'LC_CTYPE=en_US.ISO-8859-1': {
      env: { ...LOCALE, LC_CTYPE: 'en_US.ISO-8859-1' },
      columns: 60,
      rows: 20,
    },
    'LANG=C': { env: { ...LOCALE, LANG: 'C' }, columns: 40, rows: 10 },
  };

  test('alone is sent where it is asked for, or the locale has no more', async () => {
    const proc = crowdedProc();
    // Its headroom is in doubt then: ≥ in the title, too.
    addToSamePort(proc, TO_BACKEND, 40_000);
    await eachSent(proc, only, everyScreen, (sent) => {
      expect(sent).toContain(`\x1b]2;ephtop: ${hostname()} >=`);
      expect(sent.match(/.{0,20}[^\p{ASCII}].{0,20}/gu) ?? []).toEqual([]);
      expect(sent).toMatch(/(?:>| )X 10\.0\.3\.7/);
    });
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
