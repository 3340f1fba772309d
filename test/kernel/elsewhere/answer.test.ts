import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AnswerError, parseAnswer } from '../../../src/kernel/elsewhere/answer.ts';
import { AnswerCollector } from '../../../src/kernel/elsewhere/answer-collector.ts';
import { unpackedAnswer } from '../../../src/source/elsewhere/answer-files.ts';
import { answerBytes, NONCE } from '../../helpers/answers.ts';

const PLAN = {
  nonce: NONCE,
  texts: {
    'net/snmp': 'Tcp: A\nTcp: 1\n',
    'sys/net/ipv4/ip_local_reserved_ports': '\n',
    'sys/cut': '1 2 3',
    'sys/kernel/hostname': 'wéb@7\n',
  },
  denied: ['net/sockstat'],
  tables: { 'net/tcp': { form: 'rows' as const, text: '  sl  local_address\n   0: x\n' } },
};

function collected(chunks: readonly Uint8Array[], collector = new AnswerCollector(NONCE)) {
  for (const chunk of chunks) {
    const bytes = collector.push(chunk);
    if (bytes !== undefined) return bytes;
  }
  return undefined;
}

/** The bytes in pieces that end at these places. */
function inPieces(bytes: Buffer, ends: readonly number[]): Buffer[] {
  const sorted = [...ends.map((end) => end % (bytes.length + 1)), bytes.length].toSorted(
    (a, b) => a - b,
  );
  return sorted.map((end, index) => bytes.subarray(sorted[index - 1] ?? 0, end));
}

describe('an answer', () => {
  test.each([false, true])('is read byte by byte as it was sent (gzipped: %s)', (isGzipped) => {
    const answer = unpackedAnswer(answerBytes({ ...PLAN, isGzipped }), NONCE);
    expect(Object.fromEntries(answer.texts)).toEqual(PLAN.texts);
    expect([...answer.denied]).toEqual(PLAN.denied);
    expect(Buffer.from(answer.tables.get('net/tcp') ?? []).toString()).toBe(
      PLAN.tables['net/tcp'].text,
    );
    expect(answer.cpuMs).toBe(62_000);
  });

  test('is found behind any noise, in any pieces', () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 5000 }),
      fc
        .constantFrom('@', `@${NONCE}`, `@${NONCE} ready\n`, `${NONCE} everything\n`, '@@@')
        .map((text) => Uint8Array.from(Buffer.from(text))),
    );
    fc.assert(
      fc.property(
        noise,
        fc.array(fc.nat(9000), { maxLength: 9 }),
        fc.boolean(),
        (before, ends, isGzipped) => {
          const sent = answerBytes({ ...PLAN, isGzipped });
          const bytes = collected(inPieces(Buffer.concat([before, sent]), ends));
          expect(Buffer.from(bytes ?? []).equals(sent)).toBe(true);
        },
      ),
    );
  });

  test('that is cut anywhere never comes', () => {
    const sent = answerBytes(PLAN);
    for (let length = 0; length < sent.length; length++)
      expect(collected([sent.subarray(0, length)])).toBeUndefined();
  });

  test.each([false, true])(
    'with bytes missing in the middle is refused (gzipped: %s)',
    (isGzipped) => {
      const whole = answerBytes({ ...PLAN, isGzipped });
      const begin = whole.indexOf('\n') + 1;
      // What is neither counted nor gzipped, the rows, is for their parser to judge.
      const end = whole.indexOf(`@${NONCE} ${isGzipped ? 'times' : 'table'}`);
      for (let at = begin; at < end; at++) {
        for (const count of [1, 7, 40]) {
          if (at + count > end) continue;
          const cut = Buffer.concat([whole.subarray(0, at), whole.subarray(at + count)]);
          expect(() => unpackedAnswer(cut, NONCE)).toThrow(AnswerError);
        }
      }
    },
  );

  test('of another request is noise', () => {
    const other = answerBytes({ ...PLAN, nonce: 'f'.repeat(32) });
    const sent = answerBytes(PLAN);
    expect(Buffer.from(collected([other, sent]) ?? []).equals(sent)).toBe(true);
  });

  test.each(['garbage', `@${NONCE} begin plain\n`, `@${NONCE} begin odd\n@${NONCE} times\n`])(
    '%j is refused',
    (text) => {
      expect(() => parseAnswer(Buffer.from(text), NONCE)).toThrow(AnswerError);
    },
  );

  test('is bounded, and so is the noise before it', () => {
    const begun = new AnswerCollector(NONCE, 'begin ', 'end\n', 1000);
    begun.push(Buffer.from(`@${NONCE} begin plain\n`));
    expect(() => begun.push(Buffer.alloc(1000))).toThrow(AnswerError);
    const noisy = new AnswerCollector(NONCE);
    const push = () => noisy.push(Buffer.alloc(1024 * 1024));
    for (let count = 0; count < 4; count++) push();
    expect(push).toThrow(AnswerError);
    expect(noisy.noise.length).toBeLessThanOrEqual(2048);
  });

  test('that unpacks to more than 64 MB is refused', () => {
    const files = gzipSync(Buffer.alloc(65 * 1024 * 1024), { level: 1 });
    const bomb = Buffer.concat([
      Buffer.from(`@${NONCE} begin gzip\n`),
      files,
      Buffer.from(`@${NONCE} times\n@${NONCE} end\n`),
    ]);
    expect(() => unpackedAnswer(bomb, NONCE)).toThrow('longer than 64 MB');
  });
});
