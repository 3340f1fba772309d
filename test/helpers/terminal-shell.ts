import { openTerminal, type Terminal, type TerminalOptions } from './terminal.ts';

/** An interactive shell, to see what a program leaves behind in the terminal it ran in. */
export type Shell = AsyncDisposable & {
  readonly terminal: Terminal;
  /** Types a command of one line and Enter; does not wait for anything. */
  readonly run: (command: string) => void;
  /** Resolves with the screen when the prompt is back after the last `run`. */
  readonly prompt: (timeoutMs?: number) => Promise<string>;
  /** Runs a command to its end and returns what it printed, without its own line and the prompt. */
  readonly output: (command: string) => Promise<string>;
};

const PROMPT = /shell-(\d+)>$/;

/**
 * Starts bash with a prompt that counts commands, so that the prompt of before is never taken for
 * the prompt of after. Without readline (`--noediting`): that would switch raw mode and bracketed
 * paste itself and hide what the program under test left behind.
 */
export async function openShell(options: TerminalOptions = {}): Promise<Shell> {
  const terminal = openTerminal('bash', ['--norc', '--noprofile', '--noediting', '-i'], {
    ...options,
    env: { ...options.env, PS1: 'shell-\\#> ', PROMPT_COMMAND: undefined },
  });
  let commands = 1;
  const prompt = (timeoutMs?: number) =>
    terminal.waitFor((screen) => promptNumber(screen) === commands, timeoutMs);
  const run = (command: string) => {
    if (command.includes('\n')) throw new Error(`more than one line: ${command}`);
    commands++;
    terminal.press(command, 'enter');
  };
  const output = async (command: string) => {
    const typedAt = commands;
    run(command);
    return outputBetween(await prompt(), typedAt);
  };
  await prompt();
  return { terminal, run, prompt, output, [Symbol.asyncDispose]: () => terminal.close() };
}

function promptNumber(screen: string): number | undefined {
  const match = PROMPT.exec(screen.split('\n').at(-1)?.trim() ?? '');
  return match ? Number(match[1]) : undefined;
}

function outputBetween(screen: string, typedAt: number): string {
  const lines = screen.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`shell-${typedAt}> `));
  return lines.slice(start + 1, -1).join('\n');
}
