import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly optionalDependencies: Record<string, string>;
}

interface LockFile {
  readonly packages: Record<
    string,
    { version?: string; hasInstallScript?: boolean; integrity?: string; license?: string }
  >;
}

const manifest = JSON.parse(read('package.json')) as Manifest;
const { packages } = JSON.parse(read('package-lock.json')) as LockFile;
const page = read('docs/dependencies.md');

/** Name and version of each row of the table below a heading. */
function rowsBelow(heading: string): [name: string, version: string][] {
  const [, section = ''] = page.split(`## ${heading}\n`);
  const [table = ''] = section.split('\n## ');
  return [
    ...table.matchAll(/^\| `([^`]+)` \| (\S+) \| [^|]+ \| [^|]+ \| [^|]+ \| [^|]+ \|$/gm),
  ].map(([, name = '', version = '']) => [name, version]);
}

describe('docs/dependencies.md', () => {
  it.each([
    ['In the program', 'dependencies'],
    ['Beside the program', 'optionalDependencies'],
    ['For development', 'devDependencies'],
  ] as const)(
    'has a whole line for each of those that are %s, and for no other',
    (heading, kind) => {
      const installed = Object.keys(manifest[kind]).map((name) => [
        name,
        packages[`node_modules/${name}`]?.version,
      ]);
      expect(rowsBelow(heading)).toEqual(installed);
    },
  );

  it('names every package of which the bundle has a part', () => {
    expect(existsSync(join(ROOT, 'dist/THIRD-PARTY-LICENSES.txt')), 'npm run build').toBe(true);
    const notices = read('dist/THIRD-PARTY-LICENSES.txt').split(`\n${'-'.repeat(72)}\n\n`);
    const bundled = notices.map((notice) => notice.split(' ')[0] ?? '');
    expect(bundled.length).toBeGreaterThan(20);
    expect(bundled.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('the lock file', () => {
  const installed = Object.entries(packages).filter(([path]) => path !== '');

  it('has no package that runs anything when it is installed', () => {
    const scripted = installed.filter(([, { hasInstallScript }]) => hasInstallScript === true);
    expect(scripted.map(([path]) => path)).toEqual([]);
  });

  it('has the hash of every package', () => {
    const unpinned = installed.filter(([, { integrity }]) => integrity === undefined);
    expect(unpinned.map(([path]) => path)).toEqual([]);
  });
});
