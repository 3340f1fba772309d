/**
 * Has the bundle ask for Node's own modules with `process.getBuiltinModule`. For an `import`, Node reads every property
 * of the module, and so loads all that it has put off: streams and readline for `node:fs`, worker threads for
 * `node:util`. That takes 4 MB in each thread.
 */
import type { Plugin } from 'rolldown';

const IMPORT = /^import (?<bound>[^"]+) from "(?<name>node:[\w/]+)";$/gm;

/** As rolldown writes it: `a`, `* as a`, `{ b, c as d }`, or `a, { b }`. */
const BOUND = /^(?:(?:\* as )?(?<whole>[\w$]+))?(?:, )?(?<parts>\{[^}]+\})?$/;

/** Modules that are loaded by the first call of one of their functions: few starts make one. */
const LAZY: ReadonlySet<string> = new Set(['node:child_process']);

const PART = /(?<name>\w+)(?: as (?<own>[\w$]+))?/g;

/** The declaration of functions that load their module when they are called. */
function lazyDeclaration(parts: string, name: string): string {
  const functions = Array.from(parts.matchAll(PART), ({ groups }) => {
    const { name: each, own = each } = groups ?? {};
    return `${own} = (...args) => process.getBuiltinModule("${name}").${each}(...args)`;
  });
  return `const ${functions.join(', ')};`;
}

/** The declaration for an import. Throws for one in another form. */
function declaration(bound: string, name: string): string {
  const { whole, parts } = BOUND.exec(bound)?.groups ?? {};
  const targets = [whole, parts?.replaceAll(' as ', ': ')].filter((each) => each !== undefined);
  if (targets.length === 0 || /\bdefault\b/.test(bound))
    throw new Error(`cannot do without import ${bound} from "${name}"`);
  if (LAZY.has(name) && whole === undefined) return lazyDeclaration(parts ?? '', name);
  const values = targets.map((target) => `${target} = process.getBuiltinModule("${name}")`);
  return `const ${values.join(', ')};`;
}

/** Rewrites the imports of each chunk. */
export const withoutNamespaces: Plugin = {
  name: 'builtins-without-namespaces',
  renderChunk: (code) => ({
    code: code.replaceAll(IMPORT, (_, bound: string, name: string) => declaration(bound, name)),
    // Each line stays where it is.
    map: null,
  }),
};
