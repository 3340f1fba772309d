import type { ForeignText } from '../foreign-text.ts';
import { asciiBytes, indexOfMark } from './marked-bytes.ts';

/** An answer that is not whole, or not one of the script. Its message is a clause, safe to print. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
}

/** A socket table as it was sent. */
export interface SentTable {
  /** The kernel's rows, or some columns of them (tcp-columns.ts). */
  readonly form: 'rows' | 'columns';
  readonly isGzipped: boolean;
  readonly bytes: Uint8Array;
}

/** What the script answers to one request. Names are paths below /proc. */
export interface Answer {
  readonly texts: ReadonlyMap<string, ForeignText>;
  readonly tables: ReadonlyMap<string, SentTable>;
  /** Files that are there and must not be read. */
  readonly denied: ReadonlySet<string>;
  /** CPU time of the shell and what it has run, in ms, since its start; undefined: not told. */
  readonly cpuMs: number | undefined;
}

const NEWLINE = 0x0a;

/**
 * Reads an answer, from its begin mark to its end mark:
 *
 *     @NONCE begin COUNT\n
 *     COUNT bytes: "@NONCE file NAME\n" and its text, "@NONCE denied NAME\n", …, "@NONCE"
 *     \n
 *     @NONCE table NAME rows|columns plain|gzip\n and its bytes, twice at most
 *     @NONCE times\n and what times(1) prints
 *     @NONCE end\n
 *
 * A file's text ends where the next mark begins: it may lack its last line's end. Throws AnswerError.
 */
export function parseAnswer(bytes: Uint8Array, nonce: string): Answer {
  const mark = asciiBytes(`@${nonce}`);
  const countEnd = bytes.indexOf(NEWLINE);
  const [, count] = /^@\S+ begin (\d{1,9})$/.exec(textOf(bytes.subarray(0, countEnd))) ?? [];
  const textEnd = countEnd + 1 + Number(count ?? NaN);
  const isCounted =
    textEnd < bytes.length &&
    bytes[textEnd] === NEWLINE &&
    indexOfMark(bytes, mark, textEnd - mark.length, textEnd) === textEnd - mark.length;
  if (!isCounted) throw new AnswerError('an answer is not as long as it says');
  const answer = {
    texts: new Map<string, ForeignText>(),
    tables: new Map<string, SentTable>(),
    denied: new Set<string>(),
    cpuMs: undefined as number | undefined,
  };
  for (const { words, content } of sections(bytes.subarray(countEnd + 1, textEnd), mark)) {
    const [kind, name = ''] = words;
    if (kind === 'file') answer.texts.set(name, textOf(content));
    else if (kind === 'denied') answer.denied.add(name);
    else throw new AnswerError('an answer has a part that the script does not send');
  }
  for (const { words, content } of sections(bytes.subarray(textEnd + 1), mark)) {
    const [kind, name = '', form, coding] = words;
    if (kind === 'table' && (form === 'rows' || form === 'columns'))
      answer.tables.set(name, { form, isGzipped: coding === 'gzip', bytes: content });
    else if (kind === 'denied') answer.denied.add(name);
    else if (kind === 'times') answer.cpuMs = parseTimes(textOf(content));
    else if (kind !== 'end') throw new AnswerError('an answer is damaged');
  }
  return answer;
}

interface Section {
  /** What stands behind the mark. */
  readonly words: readonly string[];
  readonly content: Uint8Array;
}

/** The parts behind each mark. A mark at the end, with nothing behind it, is no part. */
function* sections(bytes: Uint8Array, mark: Uint8Array): Generator<Section> {
  let at = indexOfMark(bytes, mark, 0);
  if (at !== 0) throw new AnswerError('an answer is damaged');
  while (at + mark.length < bytes.length) {
    const lineEnd = bytes.indexOf(NEWLINE, at);
    if (lineEnd < 0) throw new AnswerError('an answer is damaged');
    const next = indexOfMark(bytes, mark, lineEnd + 1);
    const end = next < 0 ? bytes.length : next;
    const words = textOf(bytes.subarray(at + mark.length, lineEnd)).trim().split(' ');
    yield { words, content: bytes.subarray(lineEnd + 1, end) };
    at = end;
    if (next < 0) return;
  }
}

/** The sum of the four times that the built-in `times` prints, `0m1.50s 0m0.25s` twice, in ms. */
function parseTimes(text: string): number | undefined {
  const found = [...text.matchAll(/(\d{1,9})m(\d{1,9}(?:\.\d{1,9})?)s/g)];
  if (found.length !== 4) return undefined;
  return found.reduce((sum, [, m, s]) => sum + 60_000 * Number(m) + 1000 * Number(s), 0);
}

const decoder = new TextDecoder();

function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
