import { bashCompletion } from './bash.ts';
import type { DescribedCommand, Shell } from './command-line.ts';
import { fishCompletion } from './fish.ts';
import { zshCompletion } from './zsh.ts';

/** The script that makes a shell complete the command line of ephtop; the live view is the first command. */
export function completion(shell: Shell, commands: readonly DescribedCommand[]): string {
  return { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion }[shell](commands);
}
