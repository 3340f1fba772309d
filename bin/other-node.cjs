/*
 * Runs a program on another Node, and ends as it does. ES5, as the launcher is.
 */
'use strict';

var fs = require('fs');
var os = require('os');

// What ends a process that does not handle it, and can be handled.
var ENDING_SIGNALS = (
  'SIGINT SIGTERM SIGHUP SIGQUIT SIGUSR2 SIGABRT SIGALRM SIGVTALRM SIGPROF SIGXCPU SIGTRAP SIGSYS ' +
  'SIGIO SIGPWR SIGSTKFLT'
).split(' ');

// What a shell and the dynamic loader exit with where a program cannot start. ephtop never does.
var CANNOT_START = 127;

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return true;
  } catch (error) {
    return false;
  }
}

function dieLike(code, signal) {
  if (!signal) process.exit(code);
  // The caller must see the death that the child died. The timer outlives the signal's delivery.
  process.kill(process.pid, signal);
  setTimeout(function () {
    process.exit(128 + ((os.constants && os.constants.signals[signal]) || 0));
  }, 1000);
}

/*
 * Runs the Node in this file, in the place of this process if it can be. Calls back where it cannot start.
 */
function run(file, args, environment, onUnstartable) {
  // From Node 22.15 on: in the place of this process, so that there is none to keep and to pass signals on.
  // It aborts where that fails.
  if (process.execve && isExecutable(file)) {
    process.execve(file, [file].concat(args), environment);
  }
  var child;
  try {
    child = require('child_process').spawn(file, args, { stdio: 'inherit', env: environment });
  } catch (error) {
    // Not all errors come as an event: ETXTBSY, while an update writes the file, and ENOMEM do not.
    onUnstartable();
    return;
  }
  var forwarded = {};
  ENDING_SIGNALS.forEach(function (name) {
    forwarded[name] = function () {
      child.kill(name);
    };
    process.on(name, forwarded[name]);
  });
  function end(code, signal) {
    Object.keys(forwarded).forEach(function (name) {
      process.removeListener(name, forwarded[name]);
    });
    if (code === CANNOT_START) onUnstartable();
    else dieLike(code, signal);
  }
  // Another system's binary, as when a checkout is mounted into a container of another kind.
  child.on('error', function () {
    end(CANNOT_START, null);
  });
  child.on('exit', end);
}

exports.run = run;
