import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostName, NO_NAMES, withHostName } from '../../src/model/host-name.ts';

test.for([
  ['web-1.example.com', 'web-1.example.com'],
  ['web-1.example.com.', 'web-1.example.com'],
  ['localhost', 'localhost'],
  ['_x.a1', '_x.a1'],
  ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ['', undefined],
  ['.', undefined],
  ['10.0.9.99', undefined],
  ['10.0.9.99.', undefined],
  ['::1', undefined],
  ['a b.example', undefined],
  ['a\u001b[2J.example', undefined],
  ['\u202eelpmaxe', undefined],
  ['a\\032b.example', undefined],
  ['-a.example', undefined],
  ['a'.repeat(254), undefined],
] as const)('%j gives %j', ([told, name]) => {
  expect(hostName(told)).toBe(name);
});

test('whatever a name server tells, nothing but letters, digits and -_. gets through', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (told) => {
      expect(hostName(told) ?? 'a').toMatch(/^[\w.-]+$/);
    }),
  );
});

test('a name replaces the one before; what is no name changes nothing', () => {
  const one = withHostName(NO_NAMES, '10.0.0.1', 'one.example');
  expect([...withHostName(one, '10.0.0.1', 'uno.example')]).toEqual([['10.0.0.1', 'uno.example']]);
  expect(withHostName(one, '10.0.0.1', 'one.example.')).toBe(one);
  expect(withHostName(one, '10.0.0.2', '10.0.0.9')).toBe(one);
});
