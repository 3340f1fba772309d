import type { CommandName } from '../../src/cli/command-table.ts';
import { findCommand } from '../../src/cli/command-word.ts';
import type { Invocation } from '../../src/cli/invocation.ts';
import { createProgram } from '../../src/cli/program.ts';

/** What came of a command line. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly error?: unknown;
  /** The command that was to run, and with what. */
  readonly name?: CommandName;
  readonly options: Readonly<Record<string, unknown>>;
  readonly invocation?: Invocation<unknown>;
}

/** Reads a command line as the program does; nothing is run. */
export async function readLine(...line: string[]): Promise<Outcome> {
  let outcome: Outcome = { stdout: '', stderr: '', options: {} };
  const { name, words } = findCommand(line);
  const program = createProgram(name, async (command, invocation) => {
    outcome = { ...outcome, name: command, invocation, options: { ...invocation.options } };
  });
  for (const command of [program, ...program.commands])
    command.configureOutput({
      writeOut: (text) => (outcome = { ...outcome, stdout: outcome.stdout + text }),
      writeErr: (text) => (outcome = { ...outcome, stderr: outcome.stderr + text }),
    });
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    outcome = { ...outcome, error };
  }
  return outcome;
}
