/**
 * Keeps out of the bundle what commander imports and ephtop does not use: `node:child_process` is for subcommands that
 * are programs of their own, and importing `node:process` reads each property of process, opening stdin. They take 3 MB.
 */
import type { Plugin } from 'rolldown';

const ID = '\0commander/';

const MODULES: Readonly<Record<string, string>> = {
  'node:child_process': 'export default {};',
  'node:process': 'export default globalThis.process;',
};

/** Gives commander modules of our own in the place of two of Node's. */
export const bundleCommander: Plugin = {
  name: 'commander',
  resolveId: (source, importer) =>
    Object.hasOwn(MODULES, source) && /\/node_modules\/commander\//.test(importer ?? '')
      ? `${ID}${source}`
      : undefined,
  load: (id) => (id.startsWith(ID) ? MODULES[id.slice(ID.length)] : undefined),
};
