import { printable } from '../../src/kernel/foreign-text.ts';

/** A parser as the fuzzer knows it. */
export interface FuzzedParser {
  readonly name: string;
  /** Parses an input and checks the value; what it throws besides `refuses` is a finding. */
  readonly parse: (input: Buffer) => unknown;
  /** Valid inputs to begin with. */
  readonly seeds: readonly (string | Uint8Array)[];
  /** How it may refuse an input: with one sentence, safe to print. */
  readonly refuses?: readonly (abstract new (...given: never[]) => Error)[];
}

/** Longest message of a refusal, in characters. */
const LONGEST_SENTENCE = 1000;

/** What is wrong with how a parser takes an input; undefined: nothing. */
export function finding({ parse, refuses = [] }: FuzzedParser, input: Buffer): string | undefined {
  try {
    parse(input);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) return `it throws ${typeof error}`;
    if (!refuses.some((kind) => error instanceof kind)) return error.stack ?? error.message;
    const { message } = error;
    return message !== '' && message.length <= LONGEST_SENTENCE && printable(message) === message
      ? undefined
      : `not one sentence that is safe to print: ${JSON.stringify(message)}`;
  }
}
