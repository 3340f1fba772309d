/** Ctrl-C at every moment, as the key and as the signal: the terminal is given back as it was, and nothing is left on it. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  FULLEST_ROW,
  LIVE_COMMAND,
  openLiveShell,
  cleanUpAfterEach,
  TERMINAL_AS_IT_WAS,
} from '../../helpers/live-view.ts';
import { goTo, SCREENS } from '../../helpers/screens.ts';
import { foregroundGroup } from '../../helpers/terminal-processes.ts';
import type { Shell } from '../../helpers/terminal-shell.ts';
import { type Terminal } from '../../helpers/terminal.ts';

cleanUpAfterEach();

type Way = 'key' | 'two keys' | 'signal';
const WAYS = ['key', 'signal'] as const satisfies readonly Way[];

/** Resolves at a moment of the program that was just started; `written` is what it has written by now. */
type Moment = (shell: Shell, written: () => string) => unknown;

function interrupt({ terminal }: Shell, way: Way): void {
  if (way === 'key') terminal.press('ctrlC');
  else if (way === 'two keys') terminal.press('\x03\x03');
  else terminal.signal('SIGINT', 'foreground');
}

/** Starts the program, interrupts it at the moment, and looks at what it left; returns the exit status. `afterwards`: what the user does then. */
async function interruptAt(
  shell: Shell,
  moment: Moment,
  way: Way,
  before: string,
  afterwards = () => {},
): Promise<number> {
  const { terminal } = shell;
  const start = terminal.raw().length;
  shell.run(LIVE_COMMAND);
  await moment(shell, () => terminal.raw().slice(start));
  interrupt(shell, way);
  afterwards();
  const lines = (await shell.prompt()).split('\n');
  expect(terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
  // Of the program there is nothing; a terminal that still echoes shows the key, and fg says what it continues.
  const typed = lines.findLastIndex((line) => /^shell-\d+> ./.test(line));
  const left = lines.slice(typed + 1, -1).filter((line) => !/^(?:\^C)?$|^"\$LIVE_NODE"/.test(line));
  expect(left).toEqual([]);
  const status = await shell.output('echo "status $?"');
  expect(await shell.output('stty -g')).toBe(before);
  await shell.output('clear');
  return Number(status.replace('status ', ''));
}

/** A shell of its own for each way, both at the same time. */
async function eachWay(
  check: (shell: Shell, before: string, way: (typeof WAYS)[number]) => Promise<void>,
): Promise<void> {
  const run = async (way: (typeof WAYS)[number]) => {
    const shell = await openLiveShell();
    await check(shell, await shell.output('stty -g'), way);
  };
  await Promise.all(WAYS.map(run));
}

const isShown: Moment = ({ terminal }) => terminal.waitFor(FULLEST_ROW);

const onceWritten =
  (...marks: string[]): Moment =>
  ({ terminal }, written) =>
    terminal.waitFor(() => {
      let end = 0;
      return marks.every((mark) => (end = written().indexOf(mark, end) + 1) > 0);
    });

/** The command line of what has the terminal. */
function command(terminal: Terminal): string {
  return readFileSync(`/proc/${foregroundGroup(terminal.pid) ?? 0}/cmdline`, 'utf8');
}

test('before and while it takes the terminal', async () => {
  await eachWay(async (shell, before, way) => {
    const { terminal } = shell;
    // Not the shell's own child any more, which obeys as the shell does.
    const isRunning: Moment = async () => {
      await expect.poll(() => command(terminal), { interval: 1 }).toMatch(/ephtop/);
    };
    expect(await interruptAt(shell, isRunning, way, before)).toBe(130);
    // The modes it asks for, the title, the other screen, the first frame, and the next.
    const marks = ['[?1004h', '[22;2t', '[?1049h', '[?2026h', '[?2026l'];
    for (const mark of marks) {
      const status = await interruptAt(shell, onceWritten(mark), way, before);
      expect({ mark, status }).toEqual({ mark, status: way === 'key' ? 0 : 130 });
    }
  });
});

test('on every screen, frozen, in the past, and in a storm of resizes', async () => {
  await eachWay(async (shell, before, way) => {
    const { terminal } = shell;
    const shown =
      (act: () => unknown): Moment =>
      async (started, written) => {
        await isShown(started, written);
        await act();
      };
    const held = (key: string, mark: RegExp) => async () => {
      await terminal.waitFor(/opens\/s/);
      terminal.press(key);
      await terminal.waitFor(mark);
    };
    const storm = () => {
      for (let index = 0; index < 20; index++) terminal.resize(120 - index, 40 - (index % 7));
    };
    // Each screen in one of the two ways.
    const screens = SCREENS.filter((_, index) => index % 2 === WAYS.indexOf(way));
    for (const act of [
      ...screens.map((screen) => () => goTo(terminal, screen)),
      held('p', /FROZEN/),
      held('left', /PAST/),
      storm,
    ]) {
      const status = await interruptAt(shell, shown(act), way, before);
      expect(status).toBe(way === 'key' ? 0 : 130);
      terminal.resize(120, 40);
    }
  });
});

test('a second time, while the first is being obeyed', async () => {
  const shell = await openLiveShell();
  const before = await shell.output('stty -g');
  expect(await interruptAt(shell, isShown, 'two keys', before)).toBe(0);
  const leaving: Moment = async (started, written) => {
    await isShown(started, written);
    interrupt(started, 'key');
    await onceWritten('[?1049l')(started, written);
  };
  // As the key it would have the kernel discard what the terminal has not read yet (n_tty.c, isig).
  expect([0, 130]).toContain(await interruptAt(shell, leaving, 'signal', before));
});

test('as soon as fg has brought it back', async () => {
  await eachWay(async (shell, before, way) => {
    const { terminal } = shell;
    const broughtBack: Moment = async (started, written) => {
      await isShown(started, written);
      terminal.press('ctrlZ');
      await shell.prompt();
      shell.run('fg');
      await onceWritten('[?1049l', '[?1049h')(started, written);
    };
    const status = await interruptAt(shell, broughtBack, way, before);
    expect(status).toBe(way === 'key' ? 0 : 130);
  });
});

test('while the output is stopped, as by Ctrl-S: once it flows again', async () => {
  await eachWay(async (shell, before, way) => {
    const { terminal } = shell;
    const stopped: Moment = async (started, written) => {
      await isShown(started, written);
      terminal.stty('ixon');
      terminal.press('ctrlS');
      terminal.resize(119, 40); // something to write, for which it has to wait
    };
    const flowAgain = () => terminal.press('ctrlQ');
    const status = await interruptAt(shell, stopped, way, before, flowAgain);
    expect(status).toBe(way === 'key' ? 0 : 130);
  });
});

test.each(['[?1004h', '[?1049h', '[?2026l'])(
  'Ctrl-Z as the signal, when %j was written, gives the terminal back too',
  async (mark) => {
    const shell = await openLiveShell();
    const { terminal } = shell;
    const before = await shell.output('stty -g');
    const start = terminal.raw().length;
    shell.run(LIVE_COMMAND);
    await onceWritten(mark)(shell, () => terminal.raw().slice(start));
    terminal.signal('SIGTSTP', 'foreground');
    expect(await shell.prompt()).toMatch(/Stopped/);
    expect(terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
    expect(await shell.output('stty -g')).toBe(before);
    shell.run('fg');
    await terminal.waitFor(FULLEST_ROW);
    terminal.press('q');
    await shell.prompt();
    expect(terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
  },
);
