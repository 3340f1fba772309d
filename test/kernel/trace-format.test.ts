import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../src/kernel/parse-error.ts';
import { parseTraceFormat } from '../../src/kernel/trace-format.ts';
import { FORMAT, FORMAT_TEXT } from '../helpers/perf-records.ts';

const parse = (text: string) => parseTraceFormat(text, 'format');

it('reads where the fields lie, as Linux 6.18 has it', () => {
  expect(FORMAT).toEqual({
    id: 2287,
    minimumBytes: 72,
    fields: {
      oldstate: { offset: 16, size: 4 },
      newstate: { offset: 20, size: 4 },
      sport: { offset: 24, size: 2 },
      dport: { offset: 26, size: 2 },
      family: { offset: 28, size: 2 },
      protocol: { offset: 30, size: 2 },
      saddr: { offset: 32, size: 4 },
      daddr: { offset: 36, size: 4 },
      saddr_v6: { offset: 40, size: 16 },
      daddr_v6: { offset: 56, size: 16 },
    },
  });
});

it('goes by names, not by places', () => {
  const moved = FORMAT_TEXT.replace(/offset:(\d+)/g, (_, at) => `offset:${Number(at) + 8}`)
    .split('\n')
    .toReversed()
    .join('\n');
  expect(parse(moved).fields.dport).toEqual({ offset: 34, size: 2 });
  expect(parse(moved).minimumBytes).toBe(80);
});

it('takes the protocol of one byte that kernels before 5.6 have', () => {
  const old = FORMAT_TEXT.replace(
    /__u16 protocol;(\s*offset:30;\s*)size:2/,
    '__u8 protocol;$1size:1',
  );
  expect(parse(old).fields.protocol).toEqual({ offset: 30, size: 1 });
});

describe('refuses, and quotes', () => {
  it.each(Object.keys(FORMAT.fields))('a format without %s', (name) => {
    const without = FORMAT_TEXT.replace(new RegExp(`.*\\b${name}(\\[\\d+\\])?;.*\n`), '');
    expect(() => parse(without)).toThrow(`format: cannot read ${name} from "name: inet_sock_set`);
  });

  it.each([
    ['a size that a port never had', 'offset:26;\tsize:2', 'offset:26;\tsize:4'],
    ['an offset behind every record', 'offset:26;\tsize:2', 'offset:8191;\tsize:2'],
    ['an offset that is no number', 'offset:26;\tsize:2', 'offset:x;\tsize:2'],
    ['a negative offset', 'offset:26;\tsize:2', 'offset:-2;\tsize:2'],
  ])('%s', (_, before, after) => {
    const text = FORMAT_TEXT.replace(before, after);
    expect(text).not.toBe(FORMAT_TEXT);
    expect(() => parse(text)).toThrow('format line 13: cannot read dport from "field:__u16 dport;');
  });

  it('takes the last offset at which a record can hold the field', () => {
    const text = FORMAT_TEXT.replace('offset:26;\tsize:2', 'offset:8190;\tsize:2');
    expect(parse(text).fields.dport.offset).toBe(8190);
  });

  it.each(['', 'ID: ', 'ID: -1', 'ID: 1e3', 'ID: 12345678901'])('the number %j', (line) => {
    expect(() => parse(FORMAT_TEXT.replace(/ID: \d+/, line))).toThrow(
      `format: cannot read ID from "${line}"`,
    );
  });

  it('any garbage, with nothing but a ParseError', () => {
    const cuts = fc.tuple(fc.nat(FORMAT_TEXT.length), fc.nat(FORMAT_TEXT.length), fc.string());
    fc.assert(
      fc.property(cuts, ([from, to, put]) => {
        try {
          parse(FORMAT_TEXT.slice(0, from) + put + FORMAT_TEXT.slice(to));
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
        }
      }),
    );
  });
});
