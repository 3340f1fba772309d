import { expect, test } from 'vitest';
import { withoutNamespaces } from '../../../scripts/builtins-plugin.ts';

function rendered(code: string): string {
  const { renderChunk } = withoutNamespaces;
  if (typeof renderChunk !== 'function') throw new TypeError('no function');
  return (Reflect.apply(renderChunk, undefined, [code]) as { code: string }).code;
}

test.for([
  ['import fs from "node:fs";', 'const fs = process.getBuiltinModule("node:fs");'],
  ['import * as fs from "node:fs";', 'const fs = process.getBuiltinModule("node:fs");'],
  [
    'import { openSync, readSync as read$1 } from "node:fs";',
    'const { openSync, readSync: read$1 } = process.getBuiltinModule("node:fs");',
  ],
  [
    'import tty, { isatty } from "node:tty";',
    'const tty = process.getBuiltinModule("node:tty"), { isatty } = process.getBuiltinModule("node:tty");',
  ],
  ['import { a } from "./chunk.js";', 'import { a } from "./chunk.js";'],
] as const)('%s', ([code, own]) => {
  expect(rendered(`${code}\n`)).toBe(`${own}\n`);
});

test.for(['import { default as fs } from "node:fs";', 'import fs$, * as all from "node:fs";'])(
  'stops at %s, which it does not know',
  (code) => {
    expect(() => rendered(code)).toThrow('cannot do without import');
  },
);

test('functions of child_process load it when they are called', () => {
  const own = rendered('import { execFileSync as run, spawn } from "node:child_process";\n');
  expect(own).toBe(
    'const run = (...args) => process.getBuiltinModule("node:child_process").execFileSync(...args), ' +
      'spawn = (...args) => process.getBuiltinModule("node:child_process").spawn(...args);\n',
  );
});

test('child_process as a whole is loaded as other modules are', () => {
  expect(rendered('import * as all from "node:child_process";\n')).toBe(
    'const all = process.getBuiltinModule("node:child_process");\n',
  );
});
