import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nextVersion, releasedChangelog } from '../../../scripts/release/version.ts';

test.each([
  ['0.1.0', 'patch', '0.1.1'],
  ['0.1.9', 'minor', '0.2.0'],
  ['0.9.9', 'major', '1.0.0'],
  ['0.1.0', '0.1.1', '0.1.1'],
  ['0.9.0', '0.10.0', '0.10.0'],
  ['1.9.9', '2.0.0', '2.0.0'],
])('after %s, %s is %s', (present, wanted, next) => {
  expect(nextVersion(present, wanted)).toBe(next);
});

test.each([
  ['0.1.0', '0.1.0'],
  ['0.10.0', '0.9.0'],
  ['1.0.0', '0.9.9'],
  ['1.2.3', '1.1.4'],
  ['0.1.0', 'v0.2.0'],
  ['0.1.0', '0.2'],
  ['0.1.0', '01.2.3'],
  ['0.1.0', '9999999999.0.0'],
  ['0.1.0', ''],
])('after %s, %s is refused', (present, wanted) => {
  expect(() => nextVersion(present, wanted)).toThrow(/is no version|does not come after/);
});

test('what was never released may be in the version that it has, and in no earlier one', () => {
  expect(nextVersion('0.1.0', '0.1.0', true)).toBe('0.1.0');
  expect(() => nextVersion('0.1.0', '0.0.9', true)).toThrow('does not come after');
});

const CHANGELOG = '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- This.\n';
const OLDER = '\n## [0.1.0] - 2026-01-01\n\n- That.\n';

test('what was unreleased is of the version, and the next changes have their heading', () => {
  expect(releasedChangelog(CHANGELOG + OLDER, '0.2.0', '2026-11-27')).toBe(
    `# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-11-27\n\n### Added\n\n- This.\n${OLDER}`,
  );
});

test('a release of nothing is refused, and a changelog that is not as it should be', () => {
  const released = releasedChangelog(CHANGELOG + OLDER, '0.2.0', '2026-11-27');
  expect(() => releasedChangelog(released, '0.3.0', '2026-11-28')).toThrow('nothing');
  expect(() => releasedChangelog(OLDER, '0.3.0', '2026-11-28')).toThrow('one heading');
  expect(() => releasedChangelog(CHANGELOG + CHANGELOG, '0.3.0', '')).toThrow('one heading');
});

test('the changelog of this checkout has the heading', () => {
  expect(readFileSync('CHANGELOG.md', 'utf8').match(/^## \[Unreleased\]$/gm)).toHaveLength(1);
});
