import type { DescribedCommand, DescribedOption, Expected } from './command-line.ts';

/** A completion for fish 3 or newer. */
export function fishCompletion(commands: readonly DescribedCommand[]): string {
  const words = commands.flatMap(({ word }) => (word === '' ? [] : [word]));
  const lines = commands.flatMap((command) => [
    ...(command.word === ''
      ? []
      : [line(IS_LIVE, '-a', command.word, '-d', inFish(command.description))]),
    ...argumentLines(command),
    ...command.options.map((option) => optionLine(command, option)),
  ]);
  return `# Completion of ephtop for fish. Made by "ephtop completion fish".
function __ephtop_is_live
  not __fish_seen_subcommand_from ${words.join(' ')}
end
complete -c ephtop -f
${lines.join('\n')}
`;
}

const IS_LIVE = '__ephtop_is_live';

function argumentLines({ word, argument }: DescribedCommand): string[] {
  return argument === undefined ? [] : [line(condition(word), ...offered(argument.expected))];
}

function optionLine({ word }: DescribedCommand, option: DescribedOption): string {
  const { flags, description, value } = option;
  const names = flags.flatMap((flag) =>
    flag.startsWith('--') ? ['-l', flag.slice(2)] : ['-s', flag.slice(1)],
  );
  const needs = value === undefined ? [] : ['-r', ...offered(value.expected)];
  return line(condition(word), ...names, ...needs, '-d', inFish(description));
}

function condition(word: string): string {
  return word === '' ? IS_LIVE : inFish(`__fish_seen_subcommand_from ${word}`);
}

function offered(expected: Expected): string[] {
  switch (expected.kind) {
    case 'choice':
      return ['-f', '-a', inFish(expected.choices.join(' '))];
    case 'text':
      return ['-f'];
    case 'directory':
      return ['-f', '-a', inFish('(__fish_complete_directories)')];
    default:
      return ['-F'];
  }
}

function line(when: string, ...words: string[]): string {
  return `complete -c ephtop -n ${when} ${words.join(' ')}`;
}

/** A text as one word of fish, where a quote within quotes is escaped. */
function inFish(text: string): string {
  return `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}
