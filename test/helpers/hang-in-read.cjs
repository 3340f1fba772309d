// Preloaded into ephtop: its read of this file, named in HANGS_IN, hangs in the kernel, with all of the process.
'use strict';

const fs = require('node:fs');

const { openSync } = fs;
fs.openSync = (path, ...rest) => {
  // A FIFO with a writer that says nothing, opened without O_NONBLOCK.
  if (String(path) === process.env.HANGS_IN)
    fs.readSync(openSync(process.env.HANGS_ON, 'r+'), Buffer.alloc(1));
  return openSync(path, ...rest);
};
