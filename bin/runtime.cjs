/*
 * What is set in a Node before it runs the program. ES5, as the launcher is.
 */
'use strict';

/*
 * SIGUSR1 makes Node open its debugger to every process of the machine, root's included, and say so in
 * the middle of the screen. A listener keeps it from that; what the signal opened before is closed.
 */
function refuseDebugger() {
  process.on('SIGUSR1', function () {});
  var isWanted = /--inspect/.test(
    process.execArgv.concat(process.env.NODE_OPTIONS || '').join(' ')
  );
  var close = process['_debugEnd'];
  // Not at once: Node opens it in the first turn of the event loop.
  if (close && !isWanted) setImmediate(close);
}

/* A warning about node:ffi, printed by Node itself, would land in the middle of the screen. */
function silenceExperimentalWarnings() {
  var emitWarning = process.emitWarning;
  process.emitWarning = function (warning, options) {
    var type = (warning && warning.name) || (options && options.type) || options;
    if (type !== 'ExperimentalWarning') emitWarning.apply(process, arguments);
  };
}

/*
 * V8's optimizing compilers are 7 MB of code that a short command has no use for. The program gives them
 * back where there is much to read: see allowFastCode. Nor does it need a space for new objects that grows.
 */
function forgoFastCode() {
  if (process.argv[2] !== 'check' && process.argv[2] !== 'snapshot') return;
  var setFlag = require('v8').setFlagsFromString;
  setFlag('--no-opt');
  setFlag('--no-maglev');
  setFlag('--semi-space-growth-factor=1');
}

exports.refuseDebugger = refuseDebugger;
exports.silenceExperimentalWarnings = silenceExperimentalWarnings;
exports.forgoFastCode = forgoFastCode;
