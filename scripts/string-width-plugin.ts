/** Puts our own string-width in the place of the package: see src/format/string-width.ts for the reason. */
import { fileURLToPath } from 'node:url';

import type { Plugin } from 'rolldown';

const OWN = fileURLToPath(new URL('../src/format/string-width.ts', import.meta.url));
const ID = '\0string-width';

/** Bundles `src/format/string-width.ts` wherever a package imports string-width. */
export const bundleStringWidth: Plugin = {
  name: 'string-width',
  resolveId: (source) => (source === 'string-width' ? ID : undefined),
  load: (id) =>
    id === ID ? `export { stringWidth as default } from ${JSON.stringify(OWN)};` : undefined,
};
