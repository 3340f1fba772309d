import { expect, test } from 'vitest';
import { warningsOf } from '../../src/cli/say-once.ts';
import type { Sample } from '../../src/model/sample/sample.ts';

const sampleOf = (name: string, ...warnings: string[]) =>
  ({ place: { kind: 'namespace', id: name, name }, sampling: { warnings } }) as unknown as Sample;

test('a warning of one of several places names it; one of more of them, or of the only place, does not', () => {
  expect(warningsOf([sampleOf('web', 'all', 'one'), sampleOf('d\x1bb', 'all', 'another')])).toEqual(
    ['all', 'web: one', 'all', 'd\\x1bb: another'],
  );
  expect(warningsOf([sampleOf('web', 'one')])).toEqual(['one']);
});
