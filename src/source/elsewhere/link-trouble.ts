import { type ForeignText, printable, rawText } from '../../kernel/foreign-text.ts';

/** A link that does not work. Its message is a clause about the command, safe to print. */
export class LinkError extends Error {
  override readonly name = 'LinkError';
  /** True if an answer had begun and was cut. */
  readonly isCut: boolean;

  constructor(clause: string, isCut = false) {
    super(clause);
    this.isCut = isCut;
  }
}

/** What a command said besides its answers. */
export interface Said {
  /** The end of its stderr. */
  readonly stderr: ForeignText;
  /** The end of what was no answer. */
  readonly noise: ForeignText;
}

const LONGEST_LINE = 160;

/** What asks for something that cannot be given: there is no terminal, and stdin is for the script. */
const PROMPTS =
  /(?:password|passphrase|passcode|verification code|username|login)[^\n]{0,80}:\s*$|\(yes\/no(?:\/[^\n)]*)?\)|password is required|terminal is required|no askpass/i;

/** What a terminal between here and there leaves, which changes what goes through it; or what the want of one does. */
const TERMINAL = /exec sh -c|ready\r\n|not a tty/i;
const ECHO = /exec sh -c/;

/** The clause for a link that failed so, with what the command said about it and what helps. */
export function troubleText(what: string, said: Said): string {
  const texts = [rawText(said.stderr), rawText(said.noise)];
  // A terminal shows again what was sent: that says nothing.
  const line = texts
    .map((text) => (ECHO.test(text) ? '' : lastLine(text)))
    .find((text) => text !== '');
  const quoted = line === undefined ? '' : `: ${line}`;
  return `${what}${quoted}${remedy(texts)}`;
}

function remedy(texts: readonly string[]): string {
  if (texts.some((text) => TERMINAL.test(text)))
    return '. A terminal in between changes what is sent: leave out -t';
  if (texts.some((text) => PROMPTS.test(text)))
    return '. No question can be answered here: use ssh -o BatchMode=yes with a key, sudo -n, and no -t';
  return '';
}

/** The last line that says something, without its last stop. */
function lastLine(text: string): string {
  const line = text.split(/[\r\n]+/).findLast((each) => each.trim() !== '') ?? '';
  const safe = printable(line.trim());
  return (safe.length > LONGEST_LINE ? `${safe.slice(0, LONGEST_LINE)}…` : safe).replace(/\.$/, '');
}
