/**
 * Has packages make when it is used what they make when they are loaded, and what the first frame does not need. Each costs
 * every start milliseconds of about a hundred:
 *
 * - ink-table names rows by object-hash, which loads Node's crypto: 4 ms, for a panel that is opened now and then.
 * - slice-ansi, wrap-ansi, ansi-tokenize and ink make an Intl.Segmenter, for which ICU reads its rules: 7 ms, for text that is not ASCII and has
 *   to be cut.
 */
import type { Plugin } from 'rolldown';

const OBJECT_HASH = /[\\/]object-hash[\\/]/;
const LAZY_CRYPTO = '\0lazy-crypto';

/** Gives object-hash a crypto that is loaded when it is used. */
export const lazyCrypto: Plugin = {
  name: 'lazy-crypto',
  resolveId: (source, importer) =>
    source === 'crypto' && importer !== undefined && OBJECT_HASH.test(importer)
      ? LAZY_CRYPTO
      : undefined,
  // Without getHashes, it takes SHA-1 and MD5 to be all there is; ink-table uses SHA-1.
  load: (id) =>
    id === LAZY_CRYPTO
      ? `export const createHash = (name) => process.getBuiltinModule('node:crypto').createHash(name);`
      : undefined,
};

const HAVE_SEGMENTERS =
  /[\\/](?:slice-ansi|wrap-ansi|(?:ink|ansi-tokenize)[\\/]build)[\\/][\w-]+\.js$/;
const SEGMENTER = /^const (?<name>\w+) = new Intl\.Segmenter\((?<options>[^)]*)\);$/m;

/** Rewrites a module's segmenter to one that is made by its first use. Throws where a module that has one has it otherwise. */
export function withLazySegmenter(code: string): string {
  const changed = code.replace(SEGMENTER, (_, name: string, options: string) => {
    const segment = `(made ??= new Intl.Segmenter(${options})).segment(text)`;
    // Where the segments are only gone through, those of ASCII are its characters, and ICU need not be asked.
    const simple = code.includes('.containing(')
      ? ''
      : String.raw`/^[\x1b\x20-\x7e]*$/.test(text) ? Array.from(text, (segment, index) => ({ segment, index })) : `;
    return `let made;\nconst ${name} = { segment: (text) => ${simple}${segment} };`;
  });
  if (changed === code && code.includes('Intl.Segmenter'))
    throw new Error('Intl.Segmenter is used in a way that scripts/lazy-plugin.ts does not know');
  return changed;
}

/** Makes the segmenters of packages by their first use. */
export const lazySegmenters: Plugin = {
  name: 'lazy-segmenters',
  transform: (code, id) =>
    HAVE_SEGMENTERS.test(id) ? { code: withLazySegmenter(code), map: null } : undefined,
};
