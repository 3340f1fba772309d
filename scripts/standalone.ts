/**
 * Builds the program as single files, into `out/`: `npm run build:standalone [-- x64 arm64]`.
 *
 * - `ephtop.mjs` for a Node that is there;
 * - `ephtop-linux-x64`, `ephtop-linux-arm64`: the same with its own Node, an executable that needs nothing but glibc and
 *   libstdc++.
 *
 * Built twice from the same checkout, they are the same to the byte.
 */
import { OUT, putChecksum } from './out.ts';
import { writeExecutable, writeSingleFile } from './standalone/executable.ts';
import { ARCHITECTURES } from './standalone/slim-node.ts';

const wanted = process.argv.slice(2);
const unknown = wanted.find((word) => !ARCHITECTURES.some((each) => each === word));
if (unknown === undefined) {
  putChecksum(OUT, await writeSingleFile(OUT));
  for (const architecture of ARCHITECTURES)
    if (wanted.length === 0 || wanted.includes(architecture))
      putChecksum(OUT, writeExecutable(OUT, architecture));
} else {
  process.stderr.write(`standalone: ${unknown} is none of ${ARCHITECTURES.join(', ')}.\n`);
  process.exitCode = 2;
}
