import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { ParseError } from '../../src/kernel/parse-error.ts';
import { changeOf, type Plain, withChange } from '../../src/recording/delta.ts';

const key = fc.string({ maxLength: 4 }).filter((text) => text !== '__proto__');

/** What a sample may hold; some of it is likely to be alike in two of them. */
const plain: fc.Arbitrary<Plain> = fc.letrec<{ value: Plain }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('', 'a', 0, 1, null, true, Infinity, -Infinity),
    fc.double({ noNaN: true }).map((number) => number + 0),
    fc.string(),
    fc.array(fc.integer(), { maxLength: 5 }),
    fc.uint8Array({ maxLength: 5 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

const throughFile = (change: unknown) => JSON.parse(JSON.stringify(change)) as unknown;

test('a value after its change is the new value', () => {
  fc.assert(
    fc.property(plain, plain, (before, now) => {
      const change = changeOf(before, now);
      expect(change === undefined ? before : withChange(before, throughFile(change))).toEqual(now);
    }),
  );
});

test('bytes after their change are the new bytes', () => {
  const bytes = fc.uint8Array({ minLength: 40, maxLength: 40 });
  const few = fc.array(fc.tuple(fc.nat(39), fc.nat(255)), { maxLength: 12 });
  fc.assert(
    fc.property(bytes, few, (before, changes) => {
      const now = before.slice();
      for (const [at, byte] of changes) now[at] = byte;
      const change = changeOf(before, now);
      expect(change === undefined ? before : withChange(before, throughFile(change))).toEqual(now);
    }),
  );
});

test('what is equal has not changed', () => {
  fc.assert(
    fc.property(plain, (value) => {
      expect(changeOf(value, structuredClone(value))).toBeUndefined();
    }),
  );
});

describe('a change is as short as can be', () => {
  it.each<[before: Plain, now: Plain, change: unknown]>([
    [1, 2, 2],
    [
      [5, 6, 7],
      [5, 8, 6],
      [0, 2, -1],
    ],
    [[5, 6], [5], { '=': [5] }],
    [{ a: 1, b: { c: 2 } }, { a: 1, b: { c: 3 } }, { '+': { b: { '+': { c: 3 } } } }],
    [{ a: 1, b: 2 }, { a: 1 }, { '-': ['b'] }],
    [{ a: 1 }, { a: undefined }, { '-': ['a'] }],
    [undefined, { a: Infinity }, { '=': { a: { $number: 'Infinity' } } }],
    [null, Uint8Array.of(1, 255), { '=': { $bytes: 'Af8=' } }],
    [Uint8Array.of(3), Uint8Array.of(1, 255), { '=': { $bytes: 'Af8=' } }],
    [Uint8Array.of(3, 0), Uint8Array.of(1, 255), { '=': { $bytes: 'Af8=' } }],
    [
      Uint8Array.of(0, 0, 255, 1, 0, 0, 0, 0),
      Uint8Array.of(0, 0, 0, 3, 0, 0, 0, 0),
      { '@': [2, -255, 0, 2] },
    ],
  ])('from %j to %j', (before, now, change) => expect(changeOf(before, now)).toEqual(change));

  it('shares with the value before what is as it was', () => {
    const before = { groups: { a: { used: 1 }, b: { used: 2 } } };
    const now = withChange(before, { '+': { groups: { '+': { a: { '+': { used: 3 } } } } } });
    expect((now as typeof before).groups.b).toBe(before.groups.b);
  });
});

describe('what is no change of a value', () => {
  const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });

  it.each<[before: Plain, change: unknown]>([
    [1, [1]],
    [[1, 2], [1]],
    [[1], ['1']],
    [{ a: 1 }, [1]],
    [1, { '+': { a: 1 } }],
    [{ a: 1 }, { '+': [] }],
    [{ a: 1 }, { '-': 'a' }],
    [{ a: 1 }, { '+': JSON.parse('{"__proto__": 1}') as unknown }],
    [undefined, { '=': deep(100) }],
    [[1], { '@': [0, 1] }],
    [Uint8Array.of(1), { '@': 'AAAA' }],
    [Uint8Array.of(1), { '@': [0] }],
    [Uint8Array.of(1), { '@': [1, 1] }],
    [Uint8Array.of(1), { '@': [-1, 1] }],
    [Uint8Array.of(1), { '@': [0, 255] }],
    [Uint8Array.of(1), { '@': [0, 0.5] }],
  ])('%j, changed by %j, is refused', (before, change) => {
    expect(() => withChange(before, change)).toThrow(ParseError);
  });

  it('is refused, whatever it is, or makes a value', () => {
    fc.assert(
      fc.property(plain, fc.jsonValue(), (before, change) => {
        try {
          withChange(before, change);
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
        }
      }),
    );
  });

  it('leaves the prototype of objects alone', () => {
    const change = JSON.parse('{"=": {"__proto__": {"polluted": true}}}') as unknown;
    const value = withChange(undefined, change) as Record<string, unknown>;
    expect(value['polluted']).toBeUndefined();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
