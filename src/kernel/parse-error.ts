/** Location and text of something in a kernel file that could not be parsed. */
export interface ParseProblem {
  readonly file: string;
  /** 1-based; undefined for a file of one value. */
  readonly line?: number;
  readonly field: string;
  readonly got: string;
}

const LONGEST_QUOTE = 60;

/**
 * Quotes untrusted text for a message: control characters (C0, DEL, C1) become \xNN, so that nothing
 * a file or a remote shell says can steer the terminal, and long text is cut.
 */
export function quoteUntrusted(text: string): string {
  const cut = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  return `"${escapeControl(cut)}"`;
}

/**
 * Escapes invisible characters of untrusted text as \xNN or \u{NNNN}: control characters, which steer the terminal;
 * format characters (bidirectional overrides, zero-width ones), which disguise text; and line separators.
 */
export function escapeControl(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
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
  return `${escapeControl(place)}: cannot read ${escapeControl(field)} from ${quoteUntrusted(got)}`;
}
