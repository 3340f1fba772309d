/** The completions in the shells that they are for. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Shell, SHELLS } from '../../../src/outputs/completion/command-line.ts';
import { completion } from '../../../src/outputs/completion/completion.ts';
import { SMALL_COMMAND_LINE } from '../../helpers/command-line.ts';
import { isMissing } from '../../helpers/programs.ts';

/** Stands on a line of its own behind the answer to each line. */
const END = '-- end --';

/**
 * What each shell runs to say what it would offer, in the directory of the files, for lines that end at the cursor.
 * bash splits a line as readline does: `=` is a word of its own.
 */
const PROGRAMS: Record<Shell, readonly [string, ...string[]]> = {
  bash: [
    'bash',
    '--norc',
    '-c',
    String.raw`
source ./ephtop.bash
compopt() { :; }
for line; do
  read -ra COMP_WORDS <<< "$(sed 's/=/ = /g' <<< "$line")"
  [[ $line == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((${'$'}{#COMP_WORDS[@]} - 1))
  _ephtop
  printf '%s\n' "${'$'}{COMPREPLY[@]}" '${END}'
done`,
    'bash',
  ],
  // zsh completes in its line editor only: one in a pseudo-terminal, which prints what compadd takes.
  zsh: [
    'zsh',
    '-f',
    '-c',
    String.raw`
wait_for() {
  local text= part=
  while zpty -r shell part; do text+=$part; [[ $text == *"$1"* ]] && break; done
  print -r -- "$text"
}
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1= PROMPT_EOL_MARK= word=are-you-; bindkey -e
autoload -U compinit; compinit -u -D; source ./ephtop.zsh
compadd() { local -a found; builtin compadd -O found "$@"; print -rl -- "<$^found>"; builtin compadd "$@" }
print ${'$'}{word}ready'
wait_for are-you-ready > /dev/null
for line; do
  zpty -w -n shell "$line"$'\t\x01\x0bprint $word-done\n'
  wait_for are-you--done
  print -r -- '${END}'
done`,
    'zsh',
  ],
  fish: [
    'fish',
    '--no-config',
    '-c',
    `source ./ephtop.fish
for line in $argv
  complete -C $line
  echo '${END}'
end`,
  ],
};

/** The words in an answer, without what the shell writes around them. */
const READ: Record<Shell, (answer: string) => string[]> = {
  bash: (answer) => answer.split('\n'),
  zsh: (answer) =>
    [...answer.matchAll(/<(.*)>\r/g)]
      .flatMap(([, words = '']) => words.split(/(?<!\\) /))
      .map((word) => word.replaceAll('\\', '')),
  fish: (answer) =>
    answer.split('\n').map((row) => row.replace(/\t.*/, '').replace(/^--.*=|\/$/g, '')),
};

const FILES = ['ephtop.bash', 'ephtop.fish', 'ephtop.zsh', 'folder', 'two words.eph.gz'];

/** A directory with the completions, whose names are FILES. */
function directoryOfFiles(): string {
  const directory = mkdtempSync(join(tmpdir(), 'completion-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, 'folder'));
  writeFileSync(join(directory, 'two words.eph.gz'), '');
  for (const shell of SHELLS)
    writeFileSync(join(directory, `ephtop.${shell}`), completion(shell, SMALL_COMMAND_LINE));
  return directory;
}

/** What a shell offers at the end of each line, sorted. */
function offers(shell: Shell, lines: readonly string[]): string[][] {
  const cwd = directoryOfFiles();
  const [program, ...words] = PROGRAMS[shell];
  const { stdout, stderr, error } = spawnSync(program, [...words, ...lines], {
    cwd,
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (error) throw error;
  expect(stderr).toBe('');
  // Nothing of a description was run.
  expect(readdirSync(cwd).toSorted()).toEqual(FILES);
  const answers = stdout.split(END).slice(0, -1);
  return answers.map((answer) => [...new Set(READ[shell](answer))].filter(Boolean).toSorted());
}

/** What stands at the end of each line. */
const OFFERED: Record<string, readonly string[]> = {
  'ephtop re': ['record', 'replay', 'reshow'],
  'ephtop --': ['--proc', '--source', '--version'],
  'ephtop record --': ['--duration', '--output', '--size', '--version'],
  'ephtop replay --': ['--version'],
  'ephtop --source auto rec': ['record'],
  'ephtop --source ': ['auto', 'netlink'],
  'ephtop --source=n': ['netlink'],
  'ephtop --proc ': ['folder'],
  'ephtop record -o ': FILES,
  'ephtop replay ': FILES,
  'ephtop reshow ': ['bash', 'zsh'],
  'ephtop record --duration ': [],
  'ephtop record --size ': [],
};

describe('at the end of a line', () => {
  test.for(SHELLS)('%s offers what may stand there', (shell, { skip }) => {
    skip(isMissing(PROGRAMS[shell][0]), `${shell} is not installed`);
    const lines = Object.keys(OFFERED);
    const answers = offers(shell, lines);
    expect(Object.fromEntries(lines.map((line, index) => [line, answers[index]]))).toEqual(OFFERED);
  });
});
