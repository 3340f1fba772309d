import { gunzipSync } from 'node:zlib';
import { type Answer, AnswerError, type SentTable } from '../../kernel/elsewhere/answer.ts';
import { rowsOfColumns } from '../../kernel/elsewhere/tcp-columns.ts';
import type { ForeignText } from '../../kernel/foreign-text.ts';
import type { ProcFiles } from '../proc-root.ts';

/** What a table may have at most, unpacked, in bytes. */
const LONGEST_TABLE = 64 * 1024 * 1024;

/** An answer with its tables as the kernel's rows. */
export interface UnpackedAnswer extends Pick<Answer, 'texts' | 'denied' | 'cpuMs'> {
  readonly tables: ReadonlyMap<string, Uint8Array>;
}

/** Throws AnswerError where a table is damaged or far too long. */
export function unpacked(answer: Answer): UnpackedAnswer {
  const tables = new Map<string, Uint8Array>();
  for (const [name, table] of answer.tables) tables.set(name, unpackedTable(table));
  return { ...answer, tables };
}

function unpackedTable({ form, isGzipped, bytes }: SentTable): Uint8Array {
  const plain = isGzipped ? gunzipped(bytes) : bytes;
  if (plain.length > LONGEST_TABLE) throw tooLong();
  return form === 'rows' ? plain : rowsOfColumns(plain);
}

/** gzip's own checksum and length tell whether it is whole. */
function gunzipped(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: LONGEST_TABLE });
  } catch (error) {
    if (error instanceof RangeError) throw tooLong();
    throw new AnswerError('a table of sockets is damaged');
  }
}

function tooLong(): AnswerError {
  return new AnswerError(`a table of sockets is longer than ${LONGEST_TABLE / 1024 / 1024} MB`);
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
    for (let at = 0; at < table.length; ) {
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
