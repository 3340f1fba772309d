import { gunzipSync } from 'node:zlib';
import {
  type Answer,
  AnswerError,
  parseAnswer,
  parseFiles,
  type SentFiles,
} from '../../kernel/elsewhere/answer.ts';
import { rowsOfColumns } from '../../kernel/elsewhere/tcp-columns.ts';
import type { ForeignText } from '../../kernel/foreign-text.ts';
import type { ProcFiles } from '../proc-root.ts';

/** What an answer's files may have at most, unpacked, in bytes. */
const LONGEST_FILES = 64 * 1024 * 1024;

/** An answer's files, with its tables as the kernel's rows. */
export interface UnpackedAnswer extends Pick<SentFiles, 'texts' | 'denied'>, Pick<Answer, 'cpuMs'> {
  readonly tables: ReadonlyMap<string, Uint8Array>;
}

/** Throws AnswerError where the answer is damaged or far too long. */
export function unpackedAnswer(bytes: Uint8Array, nonce: string): UnpackedAnswer {
  const { files, isGzipped, cpuMs } = parseAnswer(bytes, nonce);
  const { texts, denied, tables } = parseFiles(isGzipped ? gunzipped(files) : files, nonce);
  const rows = new Map<string, Uint8Array>();
  for (const [name, { form, bytes: sent }] of tables)
    rows.set(name, form === 'rows' ? sent : rowsOfColumns(sent));
  return { texts, denied, tables: rows, cpuMs };
}

/** gzip's own checksum and length tell whether it is whole. */
function gunzipped(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: LONGEST_FILES });
  } catch (error) {
    throw new AnswerError(
      error instanceof RangeError
        ? `an answer is longer than ${LONGEST_FILES / 1024 / 1024} MB`
        : 'an answer is damaged',
    );
  }
}

/** A file that the answer does not have, with the code that open(2) would have failed with there. */
class AbsentFileError extends Error {
  override readonly name = 'AbsentFileError';
  readonly code: 'ENOENT' | 'EACCES';

  constructor(code: 'ENOENT' | 'EACCES') {
    super(code === 'ENOENT' ? 'no such file' : 'permission denied');
    this.code = code;
  }
}

/** The files of a procfs elsewhere, as the last answers had them. */
export class AnswerFiles implements ProcFiles {
  readonly #texts = new Map<string, ForeignText>();
  #tables: ReadonlyMap<string, Uint8Array> = new Map();
  #denied: ReadonlySet<string> = new Set();

  /** Takes the place of the answer before. `isAll`: what it does not have is not there any more. */
  put(answer: UnpackedAnswer, isAll: boolean): void {
    if (isAll) this.#texts.clear();
    for (const [name, text] of answer.texts) this.#texts.set(name, text);
    this.#tables = answer.tables;
    this.#denied = isAll ? answer.denied : new Set([...this.#denied, ...answer.denied]);
  }

  path(relative: string): string {
    return `/proc/${relative}`;
  }

  readText(relative: string): ForeignText {
    const text = this.#texts.get(relative);
    if (text === undefined) throw this.#absent(relative);
    return text;
  }

  readPieces(relative: string, buffer: Uint8Array, consume: (end: number) => number): number {
    const table = this.#tables.get(relative);
    if (table === undefined) throw this.#absent(relative);
    let kept = 0;
    for (let at = 0; at < table.length;) {
      const count = Math.min(table.length - at, buffer.length - kept);
      buffer.set(table.subarray(at, at + count), kept);
      at += count;
      const end = kept + count;
      const used = consume(end);
      buffer.copyWithin(0, used, end);
      kept = end - used;
      if (kept === buffer.length) return kept;
    }
    return kept;
  }

  #absent(relative: string): AbsentFileError {
    return new AbsentFileError(this.#denied.has(relative) ? 'EACCES' : 'ENOENT');
  }
}
