import { type DescribedCommand, type Expected, flagsWithValues, quoted } from './command-line.ts';

/**
 * A completion for bash 4.2 or newer. It needs no bash-completion package: bash hands `--option=value` over as three
 * words, which it puts together itself.
 */
export function bashCompletion(commands: readonly DescribedCommand[]): string {
  const words = commands.flatMap(({ word }) => (word === '' ? [] : [word]));
  return `# Completion of ephtop for bash. Made by "ephtop completion bash".
_ephtop() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command= word
  local -i index operands=0
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    case $word in
      ${flagsWithValues(commands).join(' | ')})
        [[ \${COMP_WORDS[index+1]-} == = ]] && ((index++))
        ((index++)) ;;
      = | -?*) ;;
      ${words.join(' | ')}) if [[ -z $command ]]; then command=$word; else operands+=1; fi ;;
      *) operands+=1 ;;
    esac
  done
  COMPREPLY=()
  case $command:$previous in
${commands.flatMap(valueCases).join('\n')}
  esac
  if [[ $current == -* ]]; then
    case $command in
${commands.map(optionCase).join('\n')}
    esac
    return
  fi
  ((operands)) && return
  case $command in
${commands.map((command) => operandCase(command, words)).join('\n')}
  esac
}
complete -F _ephtop ephtop
`;
}

function valueCases({ word, options }: DescribedCommand): string[] {
  return options.flatMap(({ flags, value }) => {
    if (value === undefined) return [];
    const pattern = flags.map((flag) => `${quoted(word)}:${flag}`).join(' | ');
    return [`    ${pattern}) ${offer(value.expected)} return ;;`];
  });
}

function optionCase({ word, options }: DescribedCommand): string {
  const flags = options.flatMap((option) => option.flags).join(' ');
  return `      ${quoted(word)}) COMPREPLY=($(compgen -W ${quoted(flags)} -- "$current")) ;;`;
}

function operandCase({ word, argument }: DescribedCommand, words: readonly string[]): string {
  const expected: Expected =
    word === '' ? { kind: 'choice', choices: words } : (argument?.expected ?? { kind: 'text' });
  return `    ${quoted(word)}) ${offer(expected)} ;;`;
}

/** The command that offers words in place of the one at the cursor. */
function offer(expected: Expected): string {
  switch (expected.kind) {
    case 'choice':
      return `COMPREPLY=($(compgen -W ${quoted(expected.choices.join(' '))} -- "$current"));`;
    case 'text':
      return 'COMPREPLY=();';
    default: {
      const kind = expected.kind === 'directory' ? '-d' : '-f';
      // mapfile keeps the blanks in names.
      return `mapfile -t COMPREPLY < <(compgen ${kind} -- "$current"); compopt -o filenames;`;
    }
  }
}
