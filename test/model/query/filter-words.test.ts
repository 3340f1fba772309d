import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type FilterWord,
  isFieldStart,
  LONGEST_FILTER,
  parseFilter,
  printFilter,
} from '../../../src/model/query/filter-words.ts';
import { filterGroups } from '../../../src/model/query/filter.ts';
import { modelWithOwners, numbersFrom, withInodes } from '../../helpers/owners.ts';
import { closedLately, connections } from '../../helpers/sockets.ts';

/** Four groups of 100 usable ports each, in this order: the port tells which. */
const { groups } = modelWithOwners(
  [
    ...withInodes(connections(90, { remotePort: 8080 }), 1000),
    ...closedLately(60, { remotePort: 8081 }),
    ...withInodes(
      connections(20, { local: '10.0.3.70', remote: '10.0.9.2', remotePort: 443 }),
      2000,
    ),
    ...withInodes(
      connections(3, { local: '2001:db8::1', remote: '2001:db8::9', remotePort: 9090 }),
      3000,
    ),
  ],
  [
    { pid: 1, command: 'HAProxy', inodes: numbersFrom(1000, 80) },
    { pid: 2, command: 'curl', inodes: numbersFrom(1080, 10) },
    { pid: 3, command: 'two words', inodes: numbersFrom(2000, 20) },
  ],
);

test.for([
  ['', '8080 8081 443 9090'],
  ['   ', '8080 8081 443 9090'],
  ['dst:10.0.9.', '8080 8081 443'],
  ['dst:10.0.9.2', '8080 8081 443'],
  ['dst=10.0.9.2', '443'],
  ['dst:2001:DB8', '9090'],
  ['dst=[2001:db8::9]', '9090'],
  ['src:10.0.3.7', '8080 8081 443'],
  ['src=10.0.3.7', '8080 8081'],
  ['port:8080', '8080'],
  ['port=8080', '8080'],
  ['port:443-8080', '8080 443'],
  ['!port:443-8080', '8081 9090'],
  ['owner:haproxy', '8080'],
  ['OWNER:CURL', '8080'],
  ['owner=HAProxy', '8080'],
  ['owner=haproxy', ''],
  ['owner=curl', ''],
  ['owner=?', '8081 9090'],
  ['owner:"two w"', '443'],
  ['owner="two words"', '443'],
  ['owner:"two w', '443'],
  ['headroom<20%', '8080'],
  ['headroom<10', ''],
  ['headroom<=10%', '8080'],
  ['headroom>50%', '443 9090'],
  ['free<50', '8080 8081'],
  ['free=40', '8081'],
  ['used>0.05k', '8080 8081'],
  ['live>=90', '8080'],
  ['tw>0', '8081'],
  ['closes>1', '8081'],
  ['!eta>24h', '8081'],
  ['eta<60s', '8081'],
  ['eta<0.5m', '8081'],
  ['10.0.3.7', '8080 8081 443'],
  [':443', '443'],
  ['10.0.9.21:8080', '8080'],
  ['2001:db8', '9090'],
  ['[2001:db8::9]:9090', '9090'],
  ['haproxy', '8080'],
  ['!haproxy !curl !9090', '8081 443'],
  ['"o w"', '443'],
  ['"port:8080"', ''],
  ['dst:10. headroom<20% !owner:nginx', '8080'],
] as const)('%j leaves %j', ([expression, left]) => {
  const { words, problem } = parseFilter(expression);
  expect(problem).toBeUndefined();
  expect(
    filterGroups(groups, words)
      .map(({ remotePort }) => remotePort)
      .join(' '),
  ).toBe(left);
});

test.for([
  ['dst:', 0, 4, 1, /beginning of an address/],
  ['dst<10', 0, 6, 1, /beginning of an address/],
  ['src:host', 0, 8, 1, /src:10\.0\.9\./],
  ['dst:10.0.9.21:8080', 0, 18, 1, /dst=10\.0\.9\.21/],
  ['  ok port:http', 5, 9, 2, /port:8080/],
  ['port:8100-8000', 0, 14, 1, /port:8000-8100/],
  ['port:65536', 0, 10, 1, /port:8080/],
  ['!port:', 0, 6, 1, /port:8080/],
  ['owner:', 0, 6, 1, /owner:haproxy/],
  ['owner:""', 0, 8, 1, /owner:haproxy/],
  ['headroom:20%', 0, 12, 1, /headroom<20%/],
  ['headroom<', 0, 9, 1, /headroom<20%/],
  ['headroom < 20%', 9, 1, 2, /without blanks/],
  ['free<20%', 0, 8, 1, /free<1000/],
  ['free<-1', 0, 7, 1, /free<1000/],
  ['free<9999999999999', 0, 18, 1, /free<1000/],
  ['eta<60', 0, 6, 1, /eta<60s/],
  ['a ! b', 2, 1, 2, /after "!"/],
  ['dport:80', 0, 8, 1, /^port:, or quotes around it$/],
  ['x:80', 0, 4, 1, /dst, src, port, owner, place, headroom, /],
  ['x="a b" y', 0, 7, 1, /dst, src/],
] as const)('of %j, the word at %i is wrong', ([expression, at, length, word, hint]) => {
  const { words, problem } = parseFilter(expression);
  expect(words).toEqual([]);
  expect(problem).toMatchObject({ at, length, word });
  expect(problem?.hint).toMatch(hint);
});

test.for([
  ['headroom<10', 10],
  ['headroom<10%', 10],
  ['free<1500', 1500],
  ['free<1.5k', 1500],
  ['eta<90s', 90],
  ['eta<2m', 120],
  ['eta<3h', 10_800],
  ['eta<1d', 86_400],
  ['eta<500ms', 0.5],
  ['closes<0.0004', 0],
  ['closes<0.0006', 0.001],
  ['used<1000000000000', 1e12],
] as const)('%s is a number below %d', ([expression, value]) => {
  expect(parseFilter(expression).words).toMatchObject([{ comparison: '<', value }]);
});

test.for([
  ['dead:beef', true],
  ['deadly:1', false],
  ['dead=1', false],
] as const)('%s is a part of an address: %j', ([expression, isText]) => {
  expect(parseFilter(expression).problem === undefined).toBe(isText);
});

test.for([
  ['port:80-80', 'port:80'],
  ['port:80-81', 'port:80-81'],
  ['port:65535', 'port:65535'],
  ['port:1-65535', 'port:1-65535'],
] as const)('%s is written as %s', ([expression, printed]) => {
  expect(printFilter(parseFilter(expression).words)).toBe(printed);
});

test.for([
  ['h', true],
  ['headroom', true],
  ['headrooms', false],
  ['port:80', false],
  ['owner:o', false],
  ['', false],
] as const)('%s may become the name of a field: %j', ([expression, may]) => {
  expect(isFieldStart(parseFilter(expression).words[0])).toBe(may);
});

test('a filter has a longest length', () => {
  expect(LONGEST_FILTER).toBe(1000);
  expect(parseFilter('x'.repeat(1000)).problem).toBeUndefined();
  expect(parseFilter('x'.repeat(1001)).problem?.hint).toMatch('at most 1000 characters');
});

test('no number is greater than a million million', () => {
  expect(parseFilter('used<1000000000.001k').problem?.hint).toMatch(/used<1000/);
});

describe('for any text', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'dst',
      'src',
      'port',
      'owner',
      'headroom',
      'eta',
      'closes',
      ':',
      '=',
      '<',
      '>=',
    ),
    fc.constantFrom('!', '"', '""', ' ', '10.0.9.', '::1', '8080', '-', '1.5k', '%', 's', 'ab:'),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

  test('nothing is thrown, and a problem is a word of the text', () => {
    fc.assert(
      fc.property(text, (expression) => {
        const { words, problem } = parseFilter(expression);
        filterGroups(groups, words);
        if (problem === undefined) return;
        const { at, length, word } = problem;
        expect(length).toBeGreaterThan(0);
        expect(expression.slice(at, at + length)).toHaveLength(length);
        expect(parseFilter(expression.slice(0, at)).words).toHaveLength(word - 1);
      }),
      { numRuns: 2000 },
    );
  });

  test('what is printed is read as the same', () => {
    fc.assert(
      fc.property(text, (expression) => {
        const { words } = parseFilter(expression);
        expect(parseFilter(printFilter(words))).toEqual({ words, problem: undefined });
      }),
      { numRuns: 2000 },
    );
  });
});

test('what a program puts together is read as the same', () => {
  const anyText = fc.string({ unit: 'grapheme', minLength: 1 });
  const negated = fc.boolean();
  const word: fc.Arbitrary<FilterWord> = fc.oneof(
    fc.record({
      kind: fc.constant('text' as const),
      text: fc.string().map((text) => text.toLowerCase()),
      negated,
    }),
    fc.record({
      kind: fc.constant('owner' as const),
      exact: fc.constant(true),
      text: anyText,
      negated,
    }),
    fc.record({
      kind: fc.constant('number' as const),
      field: fc.constantFrom('headroom', 'free', 'closes', 'eta'),
      comparison: fc.constantFrom('<', '<=', '=', '>=', '>'),
      value: fc.nat({ max: 1e9 }).map((thousandths) => thousandths / 1000),
      negated,
    }),
  );
  fc.assert(
    fc.property(fc.array(word), (words) => {
      expect(parseFilter(printFilter(words)).words).toEqual(words);
    }),
  );
});
