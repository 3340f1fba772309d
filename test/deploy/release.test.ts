/** The release script, in a repository of its own. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

let place: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'ephtop-release-'));
  onTestFinished(() => rmSync(place, { recursive: true }));
  for (const name of ['scripts', 'src/format', 'package.json', 'package-lock.json', '.gitignore'])
    cpSync(join(ROOT, name), join(place, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(place, 'node_modules'));
  writeFileSync(join(place, '.git-exclude'), 'node_modules\n');
  writeFileSync(join(place, 'CHANGELOG.md'), '# Changelog\n\n## [Unreleased]\n\n- This.\n');
  git('init', '--quiet');
  git('config', 'core.excludesFile', join(place, '.git-exclude'));
  git('config', 'user.name', 'Somebody');
  git('config', 'user.email', 'somebody@example.org');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'All');
});

const git = (...words: string[]) =>
  execFileSync('git', words, { cwd: place, encoding: 'utf8' }).trim();

function release(...words: string[]) {
  const script = join(place, 'scripts/release.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...words], {
    cwd: place,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const manifest = (name: string) =>
  JSON.parse(readFileSync(join(place, name), 'utf8')) as { version: string };

test('unless it is told to go, it only says what it would do', () => {
  const head = git('rev-parse', 'HEAD');
  expect(release('9.0.0')).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/ -> 9\.0\.0: .*the tag v9\.0\.0\nNothing was changed/),
  });
  expect([git('rev-parse', 'HEAD'), git('status', '--porcelain'), git('tag')]).toEqual([
    head,
    '',
    '',
  ]);
});

test('told to go, it sets the version, closes the changelog, commits and tags', () => {
  expect(release('9.0.0', '--go')).toMatchObject({ status: 0, stderr: '' });
  expect(manifest('package.json').version).toBe('9.0.0');
  expect(manifest('package-lock.json').version).toBe('9.0.0');
  expect(readFileSync(join(place, 'CHANGELOG.md'), 'utf8')).toMatch(
    /^## \[Unreleased\]\n\n## \[9\.0\.0\] - \d{4}-\d\d-\d\d\n\n- This\.$/m,
  );
  expect(git('status', '--porcelain')).toBe('');
  expect(git('log', '-1', '--format=%s')).toBe('Version 9.0.0');
  expect(git('describe')).toBe('v9.0.0');
});

test('it refuses a checkout with changes, a version that is there, and one of nothing', () => {
  writeFileSync(join(place, 'new'), '');
  expect(release('minor', '--go')).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^release: the checkout has changes:\n\?\? new\n$/),
  });
  rmSync(join(place, 'new'));
  git('tag', 'v9.0.0');
  expect(release('9.0.0')).toMatchObject({
    status: 2,
    stderr: 'release: the tag v9.0.0 is there already\n',
  });
  expect(release('10.0.0', '--go').status).toBe(0);
  expect(release('patch')).toMatchObject({
    status: 2,
    stderr: 'release: nothing of the changelog is unreleased\n',
  });
});

test('what has never been released can be, in the version that it has', () => {
  const { version } = manifest('package.json');
  expect(release(version, '--go')).toMatchObject({ status: 0, stderr: '' });
  expect(git('describe')).toBe(`v${version}`);
  writeFileSync(join(place, 'CHANGELOG.md'), '# Changelog\n\n## [Unreleased]\n\n- More.\n');
  git('commit', '--quiet', '--all', '--message', 'More');
  expect(release(version)).toMatchObject({
    status: 2,
    stderr: `release: ${version} does not come after ${version}\n`,
  });
});

test.for([
  ['the commit', 'commit.gpgSign'],
  ['the tag', 'tag.gpgSign'],
] as const)('where git refuses %s, the checkout is as it was', ([, setting]) => {
  git('config', setting, 'true');
  git('config', 'gpg.program', 'false');
  const before = [git('rev-parse', 'HEAD'), '', ''];
  const { status, stderr } = release('minor', '--go');
  expect(status).toBe(2);
  expect(stderr).toMatch(/^release: Command failed: git (commit|tag) /);
  expect([git('rev-parse', 'HEAD'), git('status', '--porcelain'), git('tag')]).toEqual(before);
});
