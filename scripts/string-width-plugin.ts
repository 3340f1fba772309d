/** Puts our own string-width in the place of the package: see src/format/string-width.ts for the reason. */
import type { Plugin } from 'esbuild';

const NAMESPACE = 'string-width';

/** Makes esbuild bundle `src/format/string-width.ts` wherever a package imports string-width. */
export const esbuildStringWidth: Plugin = {
  name: NAMESPACE,
  setup(build) {
    build.onResolve({ filter: /^string-width$/ }, ({ path }) => ({ path, namespace: NAMESPACE }));
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, () => ({
      contents: `export { stringWidth as default } from './src/format/string-width.ts';`,
      resolveDir: build.initialOptions.absWorkingDir ?? process.cwd(),
    }));
  },
};
