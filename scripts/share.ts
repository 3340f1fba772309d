/** What a package installs beside the program: the manual page, and the completions of three shells. */
import { describeCommands } from '../src/cli/describe.ts';
import { SHELLS } from '../src/outputs/completion/command-line.ts';
import { completion } from '../src/outputs/completion/completion.ts';
import { manPage } from '../src/outputs/man-page.ts';
import { KEYMAP } from '../src/ui/keymap.ts';

/** As the shells look for them in their directories. */
const COMPLETION_FILES = { bash: 'ephtop.bash', zsh: '_ephtop', fish: 'ephtop.fish' } as const;

/** The files by name, for a version. */
export function sharedFiles(version: string): ReadonlyMap<string, string> {
  const commands = describeCommands();
  return new Map([
    ['ephtop.1', manPage({ version, commands, keys: KEYMAP })],
    ...SHELLS.map((shell) => [COMPLETION_FILES[shell], completion(shell, commands)] as const),
  ]);
}
