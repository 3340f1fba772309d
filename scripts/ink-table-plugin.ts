/**
 * ink-table 3 is CommonJS and calls `require('ink')`; ink 8 is an ES module with top-level await,
 * which Node refuses to `require` (ERR_REQUIRE_ASYNC_MODULE). The rewriter below turns the one file
 * ink-table consists of into an ES module, and the two plugins apply it in the bundle and in tests,
 * so that both run the same code.
 */
import type { Plugin } from 'rolldown';
import type { Plugin as VitePlugin } from 'vitest/config';

const INK_TABLE_FILE = /[\\/]ink-table[\\/]dist[\\/]index\.js$/;

// A CommonJS package arrives as its default export; ink has named exports only.
const IMPORTS: Readonly<Record<string, string>> = {
  ink: "import * as ink from 'ink';",
  react: "import react from 'react';",
  'object-hash': "import objectHash from 'object-hash';",
};

const LOCAL_REQUIRE = `const require = (name) => ({ ink, react, 'object-hash': objectHash })[name];`;

/**
 * Rewrites ink-table's CommonJS source to an ES module with the same exports.
 *
 * @param source - text of `ink-table/dist/index.js`
 * @returns text of an ES module
 * @throws Error when the source requires a module the rewriter does not provide, as a later
 *   ink-table might: better a failed build than an `undefined` at run time
 */
export function inkTableToEsm(source: string): string {
  for (const [, name = ''] of source.matchAll(/\brequire\(["']([^"']+)["']\)/g)) {
    if (!Object.hasOwn(IMPORTS, name)) {
      throw new Error(`ink-table requires "${name}", which scripts/ink-table-plugin.ts lacks`);
    }
  }
  return [
    ...Object.values(IMPORTS),
    LOCAL_REQUIRE,
    'const exports = {};',
    source,
    'export default exports.default;',
    'export { Cell, Header, Skeleton };',
  ].join('\n');
}

const NAME = 'ink-table-esm';

function transform(code: string, id: string): { code: string; map: null } | undefined {
  const [file = ''] = id.split('?');
  return INK_TABLE_FILE.test(file) ? { code: inkTableToEsm(code), map: null } : undefined;
}

/** Makes the bundle contain ink-table as an ES module. */
export const bundleInkTable: Plugin = { name: NAME, transform };

/** Makes vitest load ink-table as an ES module; needs `server.deps.inline: ['ink-table']`. */
export const viteInkTable: VitePlugin = { name: NAME, enforce: 'pre', transform };
