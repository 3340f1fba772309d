import { COMMAND_NAMES } from './command-table.ts';
import type { Invocation } from './invocation.ts';
import { createProgram } from './program.ts';

/** Prints the help of a command, or of all. */
export async function runHelp({ args: [word] }: Invocation<object>): Promise<void> {
  const name = COMMAND_NAMES.find((command) => command === word) ?? 'live';
  const program = createProgram(name, async () => {});
  const command = program.commands.find((other) => other.name() === name) ?? program;
  command.outputHelp();
}
