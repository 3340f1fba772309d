/** A package for Debian and Ubuntu, by dpkg-deb. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ROOT } from '../bundle.ts';
import type { Release } from './release.ts';
import { filesIn, licences, makeTree, moveOut, putCompressed, settle } from './tree.ts';
import { DEB_SCRIPTS } from './units.ts';

const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' } as const;

/** What lintian is told not to mind, and why. */
const OVERRIDES = `# Official builds of Node.js are not position-independent.
ephtop: hardening-no-pie *
# One executable holds the program and Node.js, with the libraries that Node brings.
ephtop: embedded-library *
# Its table of sections is gone with the symbols: only debuggers and linkers read it.
ephtop: elf-error *no .dynamic section*
# Not a package of the archive.
ephtop: initial-upload-closes-no-bugs *
`;

function control({ version, summary, description, maintainer }: Release, architecture: string) {
  return (installedKb: number) => `Package: ephtop
Version: ${version}-1
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${installedKb}
Depends: libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 8)
Suggests: openssh-client
Section: net
Priority: optional
Description: ${summary.charAt(0).toLowerCase()}${summary.slice(1)}
${description.map((line) => ` ${line || '.'}`).join('\n')}
`;
}

function changelog({ version, maintainer, date }: Release): Buffer {
  const day = new Date(date * 1000).toUTCString().replace('GMT', '+0000');
  return Buffer.from(
    `ephtop (${version}-1) unstable; urgency=medium\n\n  * Release ${version}; see changelog.gz.\n\n -- ${maintainer}  ${day}\n`,
  );
}

/** The licences of the rest are a file of their own. */
function copyright(): string {
  return `Upstream-Name: ephtop
Comment: The executable holds other programs. Their licences are in LICENSES.txt.gz, in full.

${readFileSync(join(ROOT, 'LICENSE'), 'utf8')}`;
}

/** Makes it, and returns its name in `out/`. */
export async function makeDeb(release: Release): Promise<string> {
  const architecture = ARCHITECTURES[release.architecture];
  const workshop = mkdtempSync(join(tmpdir(), 'ephtop-deb-'));
  try {
    const tree = join(workshop, 'tree');
    await makeTree(tree, 'deb', release.architecture);
    const doc = 'usr/share/doc/ephtop';
    putCompressed(tree, `${doc}/changelog.gz`, join(tree, 'usr/share/ephtop/CHANGELOG.md'));
    putCompressed(tree, `${doc}/changelog.Debian.gz`, changelog(release));
    putCompressed(tree, `${doc}/LICENSES.txt.gz`, Buffer.from(licences()));
    writeFileSync(join(tree, doc, 'copyright'), copyright());
    mkdirSync(join(tree, 'usr/share/lintian/overrides'), { recursive: true });
    writeFileSync(join(tree, 'usr/share/lintian/overrides/ephtop'), OVERRIDES);
    const files = filesIn(tree);
    const bytes = files.reduce((sum, file) => sum + statSync(join(tree, file)).size, 0);
    const sums = files.map((file) => {
      const hash = createHash('md5').update(readFileSync(join(tree, file)));
      return `${hash.digest('hex')}  ${file}\n`;
    });
    mkdirSync(join(tree, 'DEBIAN'));
    writeFileSync(
      join(tree, 'DEBIAN/control'),
      control(release, architecture)(Math.ceil(bytes / 1024)),
    );
    writeFileSync(join(tree, 'DEBIAN/md5sums'), sums.join(''));
    for (const [name, text] of Object.entries(DEB_SCRIPTS))
      writeFileSync(join(tree, 'DEBIAN', name), text, { mode: 0o755 });
    settle(tree, release.date);
    const name = `ephtop_${release.version}-1_${architecture}.deb`;
    const made = join(workshop, name);
    execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', tree, made], {
      env: { ...process.env, SOURCE_DATE_EPOCH: `${release.date}` },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return moveOut(made, name);
  } finally {
    rmSync(workshop, { recursive: true });
  }
}
