import { completion } from '../outputs/completion/completion.ts';
import { SHELLS } from '../outputs/completion/command-line.ts';
import { describeCommands } from './describe.ts';
import type { Invocation } from './invocation.ts';

/** Prints the script that completes the command line in a shell. */
export async function runCompletion({ args: [word] }: Invocation<object>): Promise<void> {
  const shell = SHELLS.find((name) => name === word);
  // The command table offers no others.
  if (shell !== undefined) process.stdout.write(completion(shell, describeCommands()));
}
