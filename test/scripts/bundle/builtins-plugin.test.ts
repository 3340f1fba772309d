import { expect, test } from 'vitest';
import { withoutNamespaces } from '../../../scripts/builtins-plugin.ts';

function rendered(code: string): string {
  const { renderChunk } = withoutNamespaces;
  if (typeof renderChunk !== 'function') throw new TypeError('no function');
  return Reflect.apply(renderChunk, undefined, [code]) as string;
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
