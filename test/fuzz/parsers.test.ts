import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { grown } from '../../scripts/fuzz/mutator.ts';
import { finding, type FuzzedParser } from '../../scripts/fuzz/parser.ts';
import { PARSERS } from '../../scripts/fuzz/parsers.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/fuzz');

/** Inputs that were not taken well once. */
function found({ name }: FuzzedParser): string[] {
  const directory = join(FIXTURES, name);
  return existsSync(directory) ? readdirSync(directory).map((file) => join(directory, file)) : [];
}

describe.each(PARSERS)('$name', (parser) => {
  it('takes its seeds, and nothing but a sentence comes of others', () => {
    for (const seed of parser.seeds) expect(finding(parser, Buffer.from(seed))).toBeUndefined();
    const seeds = fc.constantFrom(...parser.seeds).map((seed) => Buffer.from(seed));
    const cut = fc.tuple(seeds, fc.nat(), fc.uint8Array({ maxLength: 8 }), fc.nat());
    const inputs = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      cut.map(([seed, from, piece, rest]) =>
        Buffer.concat([
          seed.subarray(0, from % (seed.length + 1)),
          piece,
          seed.subarray(rest % (seed.length + 1)),
        ]),
      ),
    );
    fc.assert(
      fc.property(inputs, (input) => {
        expect(finding(parser, Buffer.from(input))).toBeUndefined();
      }),
      { seed: 1 },
    );
  });

  it('takes the inputs of test/fixtures/fuzz', () => {
    for (const path of found(parser))
      expect(finding(parser, readFileSync(path)), path).toBeUndefined();
  });
});

test('each folder of test/fixtures/fuzz is that of a parser', () => {
  const names = PARSERS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const folder of readdirSync(FIXTURES)) expect(names).toContain(folder);
});

describe('a finding', () => {
  const parser = (parse: () => unknown): FuzzedParser => ({
    name: 'a',
    parse,
    seeds: [],
    refuses: [RangeError],
  });
  const throwing = (error: unknown) => () => {
    throw error;
  };

  it.each([
    ['nothing where it parses', () => 1, undefined],
    ['nothing where it refuses in a sentence', throwing(new RangeError('It is 3.')), undefined],
    ['another error', throwing(new TypeError('x is undefined')), /x is undefined/],
    ['what is no error', throwing('text'), /throws string/],
    ['an escape in the sentence', throwing(new RangeError('\u001b[2J')), /safe to print/],
    ['two lines', throwing(new RangeError('a\nb')), /safe to print/],
    ['a sentence without end', throwing(new RangeError('x'.repeat(1001))), /safe to print/],
    ['no sentence', throwing(new RangeError('')), /safe to print/],
  ])('is %s', (_, parse, expected) => {
    const problem = finding(parser(parse), Buffer.alloc(0));
    if (expected === undefined) expect(problem).toBeUndefined();
    else expect(problem).toMatch(expected);
  });
});

test('grown inputs are as long as was asked for, and not much longer', () => {
  for (const input of grown(Buffer.from('ab;'), 100))
    expect(input.length).toSatisfy((length: number) => length >= 100 && length <= 106);
});
