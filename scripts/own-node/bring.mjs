/**
 * Makes `node` in npm's scripts a Node that starts: run by `prepare`, on the Node that runs npm.
 *
 * npm links node_modules/.bin/node to the Node of the checkout, which not every system can run. In
 * that place this puts a script that starts it with what it needs, or else the next one on PATH.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import ownNode from '../../bin/own-node.cjs';
import { ARCHITECTURES, libatomic } from './libatomic.mjs';

const BIN = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'node_modules/.bin');

/** Without the checkout's own Node: the first that runs TypeScript as it stands. */
const NEEDED = { major: 22, minor: 18 };

function writeLibraries() {
  for (const architecture of ARCHITECTURES) {
    const directory = join(ownNode.PREPARED, architecture);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, ownNode.LIBRARY), libatomic(architecture));
  }
}

/** The script: the same decision as in bin/own-node.cjs, for a shell. */
function startScript({ loader, libraries }) {
  const places = libraries.map((directory) => `"${directory}/${ownNode.LIBRARY}"`);
  return `#!/bin/sh
# Starts the Node of this checkout, or where it cannot run the next one on PATH.
# Written by scripts/own-node/bring.mjs, in the place of a link to that Node.
bin=\${0%/*}
own="$bin/../node-linux-${process.arch}/bin/node"
if [ -x "$own" ] && [ -e ${loader} ] && [ ! -e ${ownNode.MUSL} ]; then
  if [ ! -s ${places.join(' ] && [ ! -s ')} ]; then
    library=$(cd "$bin/../../lib/${process.arch}" && pwd)
    export LD_LIBRARY_PATH="\${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$library"
  fi
  exec "$own" "$@"
fi
IFS=:
for directory in $PATH; do
  case $directory in
    */node_modules/.bin) continue ;;
  esac
  if [ -x "$directory/node" ] && [ ! "$directory/node" -ef "$0" ]; then
    exec "$directory/node" "$@"
  fi
done
echo 'ephtop: the Node of this checkout cannot run on this system: install Node 22.18 or newer.' >&2
exit 127
`;
}

/** Whole at once, and in the place of a link rather than through it. */
function putStartScript(system) {
  mkdirSync(BIN, { recursive: true });
  const staged = join(BIN, 'node.new');
  writeFileSync(staged, startScript(system), { mode: 0o755 });
  renameSync(staged, join(BIN, 'node'));
}

function isNewEnough() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > NEEDED.major || (major === NEEDED.major && minor >= NEEDED.minor);
}

writeLibraries();
const system = ownNode.SYSTEMS[process.arch];
if (system) putStartScript(system);
const { file, cure } = ownNode.findOwnNode();
if (!file && !isNewEnough()) {
  process.stderr.write(
    `ephtop is built and tested on Node 22.18 or newer; this is Node ${process.versions.node}. ${cure}\n`,
  );
  process.exitCode = 1;
}
