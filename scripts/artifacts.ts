/**
 * Makes all files of a release, into `out/`: `npm run artifacts`. The package, the single files, the packages of distributions,
 * the bill of materials, licences and checksums. Made again from the same commit, each is the same to the byte.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { readManifest, ROOT } from './bundle.ts';
import { makeDeb } from './distro/deb.ts';
import { releaseOf } from './distro/release.ts';
import { makeRpm } from './distro/rpm.ts';
import { licences } from './distro/tree.ts';
import { checksumLine, OUT } from './out.ts';
import { packPackage } from './package/pack.ts';
import { billOfMaterials } from './release/sbom.ts';
import { sourceDate } from './source-date.ts';
import { writeExecutable, writeSingleFile } from './standalone/executable.ts';
import { ARCHITECTURES } from './standalone/slim-node.ts';

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT);
const { version } = await readManifest(ROOT);
const names: string[] = [];
const made = (name: string) => {
  names.push(name);
  process.stdout.write(`${name}\n`);
};
const put = (name: string, text: string) => {
  writeFileSync(join(OUT, name), text);
  made(name);
};

made(await packPackage(OUT));
made(await writeSingleFile(OUT));
for (const architecture of ARCHITECTURES) {
  made(writeExecutable(OUT, architecture));
  // oxlint-disable-next-line no-await-in-loop -- each takes all processors to compress
  const release = await releaseOf(architecture);
  // oxlint-disable-next-line no-await-in-loop
  made(await makeDeb(release));
  // oxlint-disable-next-line no-await-in-loop
  made(await makeRpm(release));
}
put(`ephtop-${version}.cdx.json`, billOfMaterials(sourceDate()));
put('LICENSES.txt', `${licences()}\n`);
const sums = names.toSorted().map((name) => checksumLine(OUT, name));
writeFileSync(join(OUT, 'SHA256SUMS'), sums.join(''));
process.stdout.write('SHA256SUMS\n');
