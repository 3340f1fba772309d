/**
 * Has the bundle ask for Node's own modules with `process.getBuiltinModule`. For an `import`, Node reads every property
 * of the module, and so loads all that it has put off: streams and readline for `node:fs`, worker threads for
 * `node:util`. That takes 4 MB in each thread.
 */
import type { Plugin } from 'rolldown';

const IMPORT = /^import (?<bound>[^"]+) from "(?<name>node:[\w/]+)";$/gm;

/** As rolldown writes it: `a`, `* as a`, `{ b, c as d }`, or `a, { b }`. */
const BOUND = /^(?:(?:\* as )?(?<whole>[\w$]+))?(?:, )?(?<parts>\{[^}]+\})?$/;

/** The declaration for an import. Throws for one in another form. */
function declaration(bound: string, name: string): string {
  const { whole, parts } = BOUND.exec(bound)?.groups ?? {};
  const targets = [whole, parts?.replaceAll(' as ', ': ')].filter((each) => each !== undefined);
  if (targets.length === 0 || /\bdefault\b/.test(bound))
    throw new Error(`cannot do without import ${bound} from "${name}"`);
  const values = targets.map((target) => `${target} = process.getBuiltinModule("${name}")`);
  return `const ${values.join(', ')};`;
}

/** Rewrites the imports of each chunk. */
export const withoutNamespaces: Plugin = {
  name: 'builtins-without-namespaces',
  renderChunk: (code) =>
    code.replaceAll(IMPORT, (_, bound: string, name: string) => declaration(bound, name)),
};
