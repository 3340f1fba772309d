/**
 * ink-table names rows by object-hash, which loads Node's crypto as soon as it is itself loaded: 4 ms of every start, for a
 * panel that is opened now and then. In the bundle crypto is asked for when something is hashed.
 */
import type { Plugin } from 'rolldown';

const OBJECT_HASH = /[\\/]object-hash[\\/]/;
const LAZY = '\0lazy-crypto';

/** Gives object-hash a crypto that is loaded when it is used. */
export const lazyCrypto: Plugin = {
  name: 'lazy-crypto',
  resolveId: (source, importer) =>
    source === 'crypto' && importer !== undefined && OBJECT_HASH.test(importer) ? LAZY : undefined,
  // Without getHashes, it takes SHA-1 and MD5 to be all there is; ink-table uses SHA-1.
  load: (id) =>
    id === LAZY
      ? `export const createHash = (name) => process.getBuiltinModule('node:crypto').createHash(name);`
      : undefined,
};
