/**
 * Makes a release: `npm run release -- minor` says what it would do, `npm run release -- minor --go` does it.
 *
 * It sets the version, closes the section of the changelog, commits and tags, or undoes what it did if a step fails. It pushes nothing. `npm run artifacts` then
 * makes the files of the tag; docs/release.md has the rest.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { readManifest, ROOT } from './bundle.ts';
import { nextVersion, releasedChangelog } from './release/version.ts';

const CHANGELOG = join(ROOT, 'CHANGELOG.md');

function git(...words: string[]): string {
  // What it says goes into the error.
  return execFileSync('git', words, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' }).trim();
}

async function release(wanted: string, isReal: boolean): Promise<void> {
  const { version: present } = await readManifest(ROOT);
  const version = nextVersion(present, wanted, git('tag', '--list', `v${present}`) === '');
  const tag = `v${version}`;
  const changelog = releasedChangelog(
    readFileSync(CHANGELOG, 'utf8'),
    version,
    new Date().toISOString().slice(0, 10),
  );
  if (git('tag', '--list', tag) !== '') throw new Error(`the tag ${tag} is there already`);
  const changed = git('status', '--porcelain');
  if (changed !== '' && isReal) throw new Error(`the checkout has changes:\n${changed}`);
  process.stdout.write(
    `${present} -> ${version}: package.json, package-lock.json, CHANGELOG.md, a commit, the tag ${tag}\n`,
  );
  if (!isReal) {
    if (changed !== '') process.stdout.write(`First commit:\n${changed}\n`);
    process.stdout.write('Nothing was changed; --go does it.\n');
    return;
  }
  const head = git('rev-parse', 'HEAD');
  try {
    const words = ['version', '--no-git-tag-version', '--allow-same-version', version];
    execFileSync('npm', words, { cwd: ROOT, stdio: 'ignore' });
    writeFileSync(CHANGELOG, changelog);
    git('commit', '--quiet', '--message', `Version ${version}`, '--all');
    git('tag', '--annotate', '--message', `ephtop ${version}`, tag);
  } catch (error) {
    // There was no change but this.
    git('reset', '--quiet', '--hard', head);
    throw error;
  }
  process.stdout.write('Done. Next: npm run artifacts, then docs/release.md.\n');
}

try {
  const { values, positionals } = parseArgs({
    options: { go: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const [wanted] = positionals;
  if (wanted === undefined || positionals.length > 1)
    throw new Error('say which: major, minor, patch or a version such as 1.2.3');
  await release(wanted, values.go);
} catch (error) {
  process.stderr.write(`release: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
