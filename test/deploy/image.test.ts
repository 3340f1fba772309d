/** The image's recipe as a linter reads it, and the image's root as a place to run in. */
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { expect, onTestFinished, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const RECIPE = readFileSync(join(ROOT, 'deploy/Containerfile'), 'utf8');

test('the linter of container files has nothing to say', () => {
  expect(validate(RECIPE)).toEqual([]);
  expect(validate(RECIPE.replace('ENTRYPOINT', 'ENTRYPIONT'))).not.toEqual([]);
});

test('what the recipe starts is where the script puts it', () => {
  const { image } = makeImage();
  const entry = /^ENTRYPOINT (.*)$/m.exec(RECIPE)?.[1] ?? '[]';
  for (const file of JSON.parse(entry) as string[])
    expect(existsSync(join(image, file))).toBe(true);
  expect(lstatSync(join(image, 'usr/bin/ephtop')).isSymbolicLink()).toBe(true);
  expect(readdirSync(join(image, 'opt/ephtop')).toSorted()).toEqual([
    'LICENSE',
    'bin',
    'dist',
    'package.json',
  ]);
});

test.skipIf(process.geteuid?.() !== 0)('the program runs with nothing else, as no user', () => {
  const { image } = makeImage();
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  const inside = (...args: string[]) => {
    const command = ['/usr/bin/node', '/opt/ephtop/bin/ephtop.cjs', ...args];
    // Its own mounts end with it.
    const script = 'mount --rbind /proc "$0/proc" && exec chroot --userspec=65534:65534 "$0" "$@"';
    const words = ['--mount', 'sh', '-c', script, image, ...command];
    const { status, stdout, stderr } = spawnSync('unshare', words, { env: {}, encoding: 'utf8' });
    return { status, stdout, stderr };
  };
  expect(inside('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  const { status, stdout } = inside('snapshot', '--source', 'netlink', '--format', 'json');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ sampling: { source: 'netlink' } });
});

test('each file in it may be read by all, whoever made it', () => {
  const { image } = makeImage('umask 077; exec sh deploy/image-root.sh "$0"');
  const closed = spawnSync('find', [image, '!', '-type', 'l', '!', '-perm', '-444'], {
    encoding: 'utf8',
  });
  expect(closed.stdout).toBe('');
});

function makeImage(script = 'exec sh deploy/image-root.sh "$0"'): { readonly image: string } {
  const image = mkdtempSync(join(tmpdir(), 'ephtop-image-'));
  onTestFinished(() => rmSync(image, { recursive: true }));
  const made = spawnSync('sh', ['-c', script, image], { cwd: ROOT, encoding: 'utf8' });
  expect({ status: made.status, stderr: made.stderr }).toEqual({ status: 0, stderr: '' });
  return { image };
}
