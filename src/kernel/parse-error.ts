import { type ForeignText, printable, rawText } from './foreign-text.ts';

/** Location and text of something in a kernel file that could not be parsed. */
export interface ParseProblem {
  readonly file: string;
  /** 1-based; undefined for a file of one value. */
  readonly line?: number;
  readonly field: string;
  readonly got: ForeignText;
}

const LONGEST_QUOTE = 60;

/** Quotes foreign text for a message. Long text is cut. */
export function quoteUntrusted(text: ForeignText): string {
  return `"${cut(text)}"`;
}

function cut(text: ForeignText): string {
  const whole = rawText(text);
  if (whole.length <= LONGEST_QUOTE) return printable(whole);
  // A cut between the halves of a character leaves none of it.
  return printable(`${whole.slice(0, LONGEST_QUOTE).replace(/[\ud800-\udbff]$/, '')}…`);
}

/** A kernel file that could not be understood. Its message names file, line and field, and quotes the text. */
export class ParseError extends Error {
  readonly problem: ParseProblem;

  constructor(problem: ParseProblem) {
    super(describeProblem(problem));
    this.name = 'ParseError';
    this.problem = problem;
  }
}

/** One sentence, safe to print: `/proc/net/tcp line 17: cannot read rem_address from "zz"`. */
export function describeProblem({ file, line, field, got }: ParseProblem): string {
  const place = line === undefined ? file : `${file} line ${line}`;
  return `${printable(place)}: cannot read ${cut(field)} from ${quoteUntrusted(got)}`;
}
