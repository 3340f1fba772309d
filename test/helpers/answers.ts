import { gzipSync } from 'node:zlib';

/** What a made-up answer holds. */
export interface AnswerPlan {
  readonly nonce: string;
  readonly texts?: Readonly<Record<string, string>>;
  readonly denied?: readonly string[];
  readonly tables?: Readonly<Record<string, { form: 'rows' | 'columns'; text: string }>>;
  readonly isGzipped?: boolean;
}

/** An answer as the script sends it. */
export function answerBytes({
  nonce,
  texts = {},
  denied = [],
  tables = {},
  isGzipped,
}: AnswerPlan) {
  const mark = `@${nonce}`;
  const text = Buffer.from(
    [
      ...Object.entries(texts).map(([name, content]) => `${mark} file ${name}\n${content}`),
      ...denied.map((name) => `${mark} denied ${name}\n`),
      mark,
    ].join(''),
  );
  const files = Buffer.concat([
    Buffer.from(`${text.length}\n`),
    text,
    Buffer.from('\n'),
    ...Object.entries(tables).map(([name, { form, text: rows }]) =>
      Buffer.from(`${mark} table ${name} ${form}\n${rows}`, 'latin1'),
    ),
  ]);
  return Buffer.concat([
    Buffer.from(`${mark} begin ${isGzipped === true ? 'gzip' : 'plain'}\n`),
    isGzipped === true ? gzipSync(files) : files,
    Buffer.from(`${mark} times\n0m0.25s 0m0.50s\n0m1.00s 1m0.25s\n${mark} end\n`),
  ]);
}

export const NONCE = '0123456789abcdef0123456789abcdef';
