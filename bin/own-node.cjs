/*
 * The Node that comes with ephtop, and whether this system can run it. ES5, as the launcher is.
 *
 * Nothing is started to find out, and nothing is remembered: a few files are looked for at each
 * start, so that a system may change, or a checkout move to another one.
 */
'use strict';

var fs = require('fs');
var path = require('path');

/*
 * By processor: the loader that its binary asks the kernel for, and the places of libatomic.so.1 in
 * Debian and Ubuntu, and everywhere else. (Not /usr/lib, which may hold libraries of 32 bits.)
 */
var SYSTEMS = {
  x64: {
    loader: '/lib64/ld-linux-x86-64.so.2',
    libraries: ['/usr/lib/x86_64-linux-gnu', '/usr/lib64'],
  },
  arm64: {
    loader: '/lib/ld-linux-aarch64.so.1',
    libraries: ['/usr/lib/aarch64-linux-gnu', '/usr/lib64'],
  },
};

/* Alpine's programs run without glibc, and what imitates it there is not enough for Node. */
var MUSL = '/etc/alpine-release';

var LIBRARY = 'libatomic.so.1';

// Node has followed the link to the command.
var ROOT = path.dirname(__dirname);
var PREPARED = path.join(ROOT, 'lib');

var NO_NODE = 'Install a newer Node, or run "npm ci" in the checkout, which brings its own.';
var NO_NODE_IN_PACKAGE =
  'Install Node 26, or use the executable ephtop-linux-' + process.arch + ', which brings its own.';
var NO_START = 'Install a newer Node: the one that comes with ephtop cannot start here.';
var NO_GLIBC =
  'Install a newer Node (apk add nodejs): the one that comes with ephtop needs glibc, which this system lacks.';
var NO_LIBRARY =
  'Run "apt-get install libatomic1", which the Node that comes with ephtop needs to start.';

function isFilled(file) {
  try {
    return fs.statSync(file).size > 0;
  } catch (error) {
    return false;
  }
}

function hasLibatomic(directory) {
  return isFilled(path.join(directory, LIBRARY));
}

/* As a package, rather than as a checkout. */
function isInstalled() {
  return path.basename(path.dirname(ROOT)) === 'node_modules';
}

/*
 * Where npm puts it: in ephtop's own node_modules, or beside ephtop in those of another package.
 * (Not by require.resolve, which would also find what somebody left further up, as in /tmp.)
 */
function findBinary() {
  var name = 'node-linux-' + process.arch;
  var places = [path.join(ROOT, 'node_modules')];
  if (isInstalled()) places.push(path.dirname(ROOT));
  return places
    .map(function (place) {
      return path.join(place, name, 'bin', 'node');
    })
    .filter(isFilled)[0];
}

/*
 * Its binary, or undefined where this system cannot run it; the directory in which to search for
 * libatomic.so.1, undefined where the system has it; and what to do if it does not start.
 */
function findOwnNode() {
  var system = SYSTEMS[process.arch];
  if (!system)
    return { cure: 'Install a newer Node: ephtop brings its own on x64 and arm64 only.' };
  if (!fs.existsSync(system.loader) || fs.existsSync(MUSL)) return { cure: NO_GLIBC };
  var file = findBinary();
  if (!file) return { cure: isInstalled() ? NO_NODE_IN_PACKAGE : NO_NODE };
  if (system.libraries.some(hasLibatomic)) return { file: file, cure: NO_START };
  var prepared = path.join(PREPARED, process.arch);
  return {
    file: hasLibatomic(prepared) ? file : undefined,
    library: prepared,
    cure: NO_LIBRARY,
  };
}

exports.SYSTEMS = SYSTEMS;
exports.MUSL = MUSL;
exports.LIBRARY = LIBRARY;
exports.PREPARED = PREPARED;
exports.findOwnNode = findOwnNode;
