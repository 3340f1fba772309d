#!/usr/bin/env node
/*
 * Starts ephtop on a Node that can run it. This file is ES5, because it is also read by the Nodes
 * that cannot: they must get as far as the sentence that says so.
 */
'use strict';

var fs = require('fs');
var os = require('os');
var path = require('path');
var runtime = require('./runtime.cjs');

// npm links the command; the files beside it are found from where it really is.
var root = path.dirname(path.dirname(fs.realpathSync(__filename)));

runtime.refuseDebugger();
var entry = path.join(root, 'dist', 'main.js');

// Set for the Node that comes with ephtop: should that be too old as well, it must not start itself again.
// The value is the launcher's process id.
var STARTED = 'EPHTOP_STARTED_BY_LAUNCHER';

// What the program needs. A checkout ("engines" in package.json) makes do with less, because it brings a Node.
var NEEDED = { major: 22, minor: 12 };

// The first with node:ffi, without which there is no netlink.
var BEST = { major: 26, minor: 0 };

// More than all compiled code takes.
var CACHE_BYTES = 8e6;

// How often a program looks whether its launcher is still there.
var FOLLOW_MS = 500;

function isAtLeast(least) {
  var parts = process.versions.node.split('.').map(Number);
  return parts[0] > least.major || (parts[0] === least.major && parts[1] >= least.minor);
}

/*
 * What a monitoring system runs has a status of its own for all that is no verdict, and its sentence belongs on stdout.
 * (Whether the word is the command or some option's value only the program knows; here nothing else is at stake.)
 */
var isCheck = process.argv.indexOf('check') > 1;

function fail(sentence) {
  if (isCheck) process.stdout.write('EPHTOP UNKNOWN: ' + sentence.replace(/\|/g, '/') + '\n');
  process.stderr.write(sentence + '\n');
  process.exit(isCheck ? 3 : 2);
}

function failTooOld(cure) {
  fail(
    'ephtop needs Node ' +
      NEEDED.major +
      '.' +
      NEEDED.minor +
      ' or newer; this is Node ' +
      process.versions.node +
      ' (' +
      process.execPath +
      '). ' +
      cure
  );
}

function isOwnedByUser(directory) {
  return fs.statSync(directory).uid === process.geteuid();
}

/*
 * The code is written when the program has ended but for that, and a signal of the kernel's for a
 * file beyond the limit (SIGXFSZ) can no longer be caught.
 */
function mayFilesGrow() {
  return /^Max file size +unlimited/m.test(fs.readFileSync('/proc/self/limits', 'utf8'));
}

/* On a full disk each file that Node cannot write stays behind, empty and under a new name at each start. */
function hasRoom(directory) {
  var disk = fs.statfsSync(directory);
  return disk.bavail * disk.bsize >= CACHE_BYTES;
}

/* Not mkdir's `recursive`, which never ends where nothing can be made, as below /proc/self. */
function makeDirectory(directory) {
  if (fs.existsSync(directory)) return;
  makeDirectory(path.dirname(directory));
  fs.mkdirSync(directory, 448 /* rwx------ */);
}

/*
 * Compiled code is kept between runs: it takes a tenth off the start. Node's default place for it
 * is under /tmp, where another user could leave code for root to run, so it is kept in the user's
 * own cache, and nowhere if that belongs to someone else (sudo may leave HOME as it was).
 */
function enableCompileCache() {
  var enable = require('module').enableCompileCache;
  if (!enable) return;
  try {
    if (!mayFilesGrow()) return;
    var base = process.env.XDG_CACHE_HOME;
    if (!base || !path.isAbsolute(base)) {
      var home = os.homedir();
      if (!path.isAbsolute(home) || !isOwnedByUser(home)) return;
      base = path.join(home, '.cache');
    }
    var directory = path.join(base, 'ephtop');
    makeDirectory(directory);
    if (isOwnedByUser(directory) && (fs.statSync(directory).mode & 18) /* -w--w- */ === 0) {
      if (hasRoom(directory)) enable(directory);
    }
  } catch (error) {
    // A read-only home is no reason not to start. (ES5 has no catch without a name.)
  }
}

/*
 * A recording is the one thing that others made and ephtop reads whole. Playing it needs no native code, no thread and
 * no other process, so Node is started without the means (docs/decisions/0015-permission-model.md). It may write what
 * it is asked to: settings, an asciicast, and a debug log.
 */
var FOR_RECORDINGS = [
  '--permission',
  '--allow-fs-read=*',
  '--allow-fs-write=*',
  '--allow-net', // names of destinations, when asked for
  '--disable-warning=SecurityWarning',
  '--disable-warning=ExperimentalWarning',
];

/* Behind options, where the word may stand as well, it is not looked for. */
function readsRecording() {
  return process.argv[2] === 'replay' || process.argv[2] === 'report';
}

/* While a part of the program is loaded, or its thread started. */
function isOutOfFiles(error) {
  return Boolean(error) && (error.code === 'EMFILE' || /\bEMFILE\b/.test(error.message));
}

function runHere() {
  runtime.silenceExperimentalWarnings();
  runtime.forgoFastCode();
  enableCompileCache();
  // An `import()` in plain sight is a syntax error to the Nodes this file must survive.
  var importModule = new Function('url', 'return import(url)');
  importModule(require('url').pathToFileURL(entry).href).catch(function (error) {
    if (isOutOfFiles(error)) fail('ephtop: no file descriptor is left: raise ulimit -n.');
    console.error(error);
    if (isCheck) fail('ephtop: ' + String((error && error.message) || error).split('\n')[0]);
    process.exit(1);
  });
}

/* The caller's, and what the Node that comes with ephtop needs; the caller's directories come first. */
function environmentFor(own) {
  var environment = {};
  Object.keys(process.env).forEach(function (name) {
    environment[name] = process.env[name];
  });
  environment[STARTED] = String(process.pid);
  if (own.library) {
    var searched = process.env.LD_LIBRARY_PATH;
    environment.LD_LIBRARY_PATH = (searched ? searched + ':' : '') + own.library;
  }
  return environment;
}

function runOn(own) {
  var kept = own.file === process.execPath ? process.execArgv : [];
  // It opens no debugger on SIGUSR1, not even before the first line of ours runs. The Node that reads this knows it: it is
  // the one that comes with ephtop, or as new.
  var flags = ['--disable-sigusr1'].concat(readsRecording() ? FOR_RECORDINGS : []);
  var args = kept.concat(flags, [__filename], process.argv.slice(2));
  require('./other-node.cjs').run(own.file, args, environmentFor(own), function () {
    runWithoutOwn(own.cure);
  });
}

function runWithoutOwn(cure) {
  if (isAtLeast(NEEDED)) runHere();
  else failTooOld(cure);
}

/*
 * Ends this process once its launcher has died of what it could not pass on (SIGKILL): nobody would wait
 * for it, and the shell would read the keys as well.
 */
function follow(launcher) {
  setInterval(function () {
    if (process.ppid !== launcher) process.kill(process.pid, 'SIGTERM');
  }, FOLLOW_MS).unref();
}

// Only a launcher's own word counts: the variable may be in the environment for any reason. Taken out again, so that
// no program ephtop starts inherits it.
var launchedBy = Number(process.env[STARTED]);
var isReplaced = launchedBy === process.pid;
var isChild = launchedBy === process.ppid;
var wasStarted = isReplaced || isChild;
delete process.env[STARTED];
if (isChild) follow(launchedBy);

function start() {
  if (!wasStarted && isAtLeast(BEST) && readsRecording() && process.execve && !process.permission) {
    runOn({ file: process.execPath });
  } else if (wasStarted || isAtLeast(BEST)) {
    runWithoutOwn('Run "npm ci" in ' + root + ' again.');
  } else {
    startOwn();
  }
}

function startOwn() {
  var own = require('./own-node.cjs').findOwnNode();
  if (own.file) runOn(own);
  else runWithoutOwn(own.cure);
}

if (fs.existsSync(entry)) {
  start();
} else {
  fail(
    'ephtop is not built: ' +
      entry +
      ' is missing. Run "npm ci" (or "npm run build") in ' +
      root +
      '.'
  );
}
