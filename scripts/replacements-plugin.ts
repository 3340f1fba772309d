/** Puts functions of ours in the place of packages' that cost each frame too much: their files say what and why. */
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'rolldown';

const ownFile = (path: string): string => fileURLToPath(new URL(`../src/${path}`, import.meta.url));

/** By package: our file, and the exports that the package would have. */
const REPLACEMENTS = new Map([
  [
    'string-width',
    { file: ownFile('format/string-width.ts'), exports: '{ stringWidth as default }' },
  ],
  ['@alcalzone/ansi-tokenize', { file: ownFile('terminal/styled-chars.ts'), exports: '*' }],
]);

/** Bundles our files wherever somebody else imports the packages. */
export const bundleReplacements: Plugin = {
  name: 'replacements',
  resolveId: (source, importer) => {
    const own = REPLACEMENTS.get(source);
    return own === undefined || own.file === importer ? undefined : `\0${source}`;
  },
  load: (id) => {
    const own = REPLACEMENTS.get(id.slice(1));
    return own && id.startsWith('\0')
      ? `export ${own.exports} from ${JSON.stringify(own.file)};`
      : undefined;
  },
};
