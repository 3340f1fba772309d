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
  readonly bytes: Uint8Array;
}

/** The files of one answer. Names are paths below /proc. */
export interface SentFiles {
  readonly texts: ReadonlyMap<string, ForeignText>;
  readonly tables: ReadonlyMap<string, SentTable>;
  /** Files that are there and must not be read. */
  readonly denied: ReadonlySet<string>;
}

/** What the script answers to one request. */
export interface Answer {
  /** See `parseFiles`; gzipped or not. */
  readonly files: Uint8Array;
  readonly isGzipped: boolean;
  /** CPU time of the shell and what it has run, in ms, since its start; undefined: not told. */
  readonly cpuMs: number | undefined;
}

const NEWLINE = 0x0a;

/**
 * Reads an answer, from its begin mark to its end mark. Throws AnswerError.
 *
 *     @NONCE begin plain|gzip\n
 *     the files, gzipped where gzip is there
 *     @NONCE times\n and what the shell's `times` prints
 *     @NONCE end\n
 */
export function parseAnswer(bytes: Uint8Array, nonce: string): Answer {
  const lineEnd = bytes.indexOf(NEWLINE);
  const [, coding] = /^@\S+ begin (plain|gzip)$/.exec(textOf(bytes.subarray(0, lineEnd))) ?? [];
  // In what is not gzipped there are other marks.
  const times = indexOfMark(bytes, asciiBytes(`@${nonce} times\n`), lineEnd + 1);
  if (coding === undefined || times < 0) throw new AnswerError('an answer is damaged');
  return {
    files: bytes.subarray(lineEnd + 1, times),
    isGzipped: coding === 'gzip',
    cpuMs: parseTimes(textOf(bytes.subarray(times))),
  };
}

/**
 * Reads the files of an answer. A text ends where the next mark begins: it may lack its last line's end. Throws AnswerError.
 *
 *     COUNT\n
 *     COUNT bytes: "@NONCE file NAME\n" and its text, "@NONCE denied NAME\n", …, "@NONCE"
 *     \n
 *     @NONCE table NAME rows|columns\n and its bytes, or "@NONCE denied NAME\n"; twice at most
 */
export function parseFiles(bytes: Uint8Array, nonce: string): SentFiles {
  const mark = asciiBytes(`@${nonce}`);
  const countEnd = bytes.indexOf(NEWLINE);
  const count = /^\d{1,9}$/.exec(
    textOf(bytes.subarray(0, Math.min(Math.max(0, countEnd), 10))),
  )?.[0];
  const textEnd = countEnd + 1 + Number(count ?? NaN);
  const isCounted =
    bytes[textEnd] === NEWLINE &&
    indexOfMark(bytes, mark, textEnd - mark.length, textEnd) === textEnd - mark.length;
  if (!isCounted) throw new AnswerError('an answer is not as long as it says');
  const files = {
    texts: new Map<string, ForeignText>(),
    tables: new Map<string, SentTable>(),
    denied: new Set<string>(),
  };
  const texts = sections(bytes.subarray(countEnd + 1, textEnd), mark);
  const tables = sections(bytes.subarray(textEnd + 1), mark);
  for (const { words, content } of [...texts, ...tables]) {
    const [kind, name = '', form] = words;
    if (kind === 'file') files.texts.set(name, textOf(content));
    else if (kind === 'denied') files.denied.add(name);
    else if (kind === 'table' && (form === 'rows' || form === 'columns'))
      files.tables.set(name, { form, bytes: content });
    else throw new AnswerError('an answer has a part that the script does not send');
  }
  return files;
}

interface Section {
  /** What stands behind the mark. */
  readonly words: readonly string[];
  readonly content: Uint8Array;
}

/** The parts behind each mark. A mark at the end, with nothing behind it, is no part. */
function sections(bytes: Uint8Array, mark: Uint8Array): Section[] {
  const found: Section[] = [];
  for (let at = 0; at + mark.length < bytes.length;) {
    if (indexOfMark(bytes, mark, at, at + mark.length) !== at)
      throw new AnswerError('an answer is damaged');
    const lineEnd = bytes.indexOf(NEWLINE, at);
    if (lineEnd < 0) throw new AnswerError('an answer is damaged');
    const next = indexOfMark(bytes, mark, lineEnd + 1);
    const end = next < 0 ? bytes.length : next;
    const words = textOf(bytes.subarray(at + mark.length, lineEnd))
      .trim()
      .split(' ');
    found.push({ words, content: bytes.subarray(lineEnd + 1, end) });
    at = end;
  }
  return found;
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
