/**
 * Makes packages for distributions of the executables in `out/`: `npm run build:distro [-- x64 arm64]`.
 *
 * It takes dpkg-deb, and rpmbuild for the .rpm.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { makeDeb } from './distro/deb.ts';
import { releaseOf } from './distro/release.ts';
import { makeRpm } from './distro/rpm.ts';
import { OUT, putChecksum } from './out.ts';
import { ARCHITECTURES } from './standalone/slim-node.ts';

const wanted = process.argv.slice(2);
const unknown = wanted.find((word) => !ARCHITECTURES.some((each) => each === word));
if (unknown !== undefined) throw new Error(`${unknown} is none of ${ARCHITECTURES.join(', ')}`);
for (const architecture of ARCHITECTURES) {
  if (wanted.length > 0 && !wanted.includes(architecture)) continue;
  if (!existsSync(join(OUT, `ephtop-linux-${architecture}`)))
    throw new Error(`out/ephtop-linux-${architecture} is missing: npm run build:standalone`);
  // oxlint-disable-next-line no-await-in-loop -- each takes both processors to compress
  const release = await releaseOf(architecture);
  // oxlint-disable-next-line no-await-in-loop
  for (const name of [await makeDeb(release), await makeRpm(release)]) putChecksum(OUT, name);
}
