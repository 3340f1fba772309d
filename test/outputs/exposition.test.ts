import fc from 'fast-check';
import { printable } from '../../src/kernel/foreign-text.ts';
import { expect, test } from 'vitest';
import { exposition } from '../../src/outputs/exposition.ts';

const METRIC = { name: 'a_b', help: 'one \\ two\nthree', type: 'gauge' } as const;

test('HELP, TYPE, then the series; a metric without series is left out', () => {
  const text = exposition([
    [
      METRIC,
      [
        { labels: [], value: 1.5 },
        {
          labels: [
            ['x', 'y'],
            ['z', ''],
          ],
          value: -2,
        },
      ],
    ],
    [{ ...METRIC, name: 'none' }, []],
  ]);
  expect(text).toBe(
    '# HELP a_b one \\\\ two\\nthree\n# TYPE a_b gauge\na_b 1.5\na_b{x="y",z=""} -2\n',
  );
});

test.for([
  [Infinity, '+Inf'],
  [-Infinity, '-Inf'],
  [NaN, 'NaN'],
  [1e21, '1e+21'],
  [0, '0'],
] as const)('%f is %s', ([value, text]) => {
  expect(exposition([[METRIC, [{ labels: [], value }]]])).toContain(`\na_b ${text}\n`);
});

test('a label comes back as it is printed, on one line, as valid UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const text = exposition([[METRIC, [{ labels: [['x', value]], value: 1 }]]]);
      const lines = text.split('\n');
      expect(lines).toHaveLength(4);
      const [, quoted = ''] = /^a_b\{x="((?:[^"\\\n]|\\[\\"n])*)"\} 1$/.exec(lines[2] ?? '') ?? [];
      const read = quoted.replaceAll(/\\(.)/g, (_, it: string) => (it === 'n' ? '\n' : it));
      expect(read).toBe(printable(value));
      expect(Buffer.from(text).toString()).toBe(text);
    }),
  );
});
