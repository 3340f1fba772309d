import {
  type DescribedCommand,
  type DescribedOption,
  type Expected,
  quoted,
  spokenValue,
} from './command-line.ts';

/** A completion for zsh, as a file `_ephtop` of its fpath or to be sourced after compinit. */
export function zshCompletion(commands: readonly DescribedCommand[]): string {
  const [live, ...others] = commands;
  const words = others.map(({ word, description }) => quoted(`${colonless(word)}:${description}`));
  return `#compdef ephtop
# Completion of ephtop for zsh. Made by "ephtop completion zsh".
_ephtop_commands() {
  local -a commands=(
    ${words.join('\n    ')}
  )
  _describe -t commands command commands
}

_ephtop() {
  local curcontext=$curcontext state line
  local -A opt_args
  _arguments -C -S -s \\
${argumentsOf(live)}
    ': :_ephtop_commands' \\
    '*:: :->arguments' && return
  case $line[1] in
${others.map(commandCase).join('\n')}
  esac
}

if [[ $funcstack[1] == _ephtop ]]; then
  _ephtop "$@"
else
  compdef _ephtop ephtop
fi
`;
}

function argumentsOf(command: DescribedCommand | undefined): string {
  return (command?.options ?? []).map((option) => `    ${optionSpec(option)} \\`).join('\n');
}

function commandCase(command: DescribedCommand): string {
  const { word, argument } = command;
  const operand =
    argument === undefined
      ? '\': :_message "no more arguments"\''
      : quoted(
          `${argument.isOptional ? '::' : ':'}${colonless(argument.name)}:${action(argument.expected)}`,
        );
  return `    ${word})
      _arguments -S -s \\
${argumentsOf(command)}
        ${operand} ;;`;
}

/** One option of `_arguments`; those of one meaning exclude each other. */
function optionSpec({ flags, description, value }: DescribedOption): string {
  const text = `[${description.replaceAll(/[[\]\\]/g, String.raw`\$&`)}]`;
  const argument =
    value === undefined ? '' : `:${colonless(spokenValue(value.name))}:${action(value.expected)}`;
  const others = quoted(`(${flags.join(' ')})`);
  return flags
    .map((flag) => {
      const equals = value !== undefined && flag.startsWith('--') ? '=' : '';
      return `${others}${quoted(`${flag}${equals}${text}${argument}`)}`;
    })
    .join(' \\\n    ');
}

function action(expected: Expected): string {
  if (expected.kind === 'choice') return `(${expected.choices.join(' ')})`;
  return { file: '_files', directory: '_files -/', text: ' ' }[expected.kind];
}

/** `_arguments` and `_describe` take a colon for the end of a field. */
function colonless(text: string): string {
  return text.replaceAll(':', String.raw`\:`);
}
