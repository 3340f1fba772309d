/** What a shell can offer in the place of a word. */
export type Expected =
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'file' | 'directory' | 'text' };

/** An option as completions and the man page need it. */
export interface DescribedOption {
  /** As they are typed, short before long: `-o`, `--output`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Undefined: it has no value. Its name is as --help has it: `<file>`, `<columns>x<rows>`. */
  readonly value?: { readonly name: string; readonly expected: Expected };
  /** Its value if it is left out. */
  readonly preset?: string;
}

/** A command as completions and the man page need it. */
export interface DescribedCommand {
  /** The word that starts it; '' for the live view. */
  readonly word: string;
  readonly description: string;
  readonly argument?: {
    readonly name: string;
    readonly expected: Expected;
    /** True if it may be left out. */
    readonly isOptional?: true;
  };
  readonly options: readonly DescribedOption[];
}

/** A shell that a completion can be made for. */
export type Shell = 'bash' | 'zsh' | 'fish';

/** The shells, in the order of --help. */
export const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish'];

/** A value's name without brackets, for a message. */
export function spokenValue(name: string): string {
  return name.replaceAll(/[<>]/g, '');
}

/** A text as one word of a POSIX shell, of bash or of zsh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The flags of all commands that are followed by a value, each once. */
export function flagsWithValues(commands: readonly DescribedCommand[]): string[] {
  const flags = commands
    .flatMap(({ options }) => options)
    .filter(({ value }) => value !== undefined)
    .flatMap((option) => option.flags);
  return [...new Set(flags)];
}
