import { createHmac } from 'node:crypto';
import { addressBytes, addressText } from '../../kernel/address-bytes.ts';

/**
 * Ranges that stay what they are, as advice depends on them: loopback (tcp_tw_reuse 2), and who can reach whom. Their
 * first bits are kept, and no other address gets into them. Loopback and unspecified addresses are kept whole.
 */
const CLASSES: readonly (readonly [prefix: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['224.0.0.0', 4],
  ['::', 127],
  ['::ffff:0:0', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
];

const KEPT = [
  bitsOf(addressBytes('127.0.0.0') ?? []).slice(0, 8),
  bitsOf(addressBytes('0.0.0.0') ?? []),
];

/** The prefixes of the classes, by the length of the address. */
const PREFIXES = [4, 16].map((length) => ({
  length,
  prefixes: CLASSES.flatMap(([text, bits]) => {
    const bytes = addressBytes(text) ?? [];
    return bytes.length === length ? [bitsOf(bytes).slice(0, bits)] : [];
  }),
}));

/**
 * Replaces addresses so that two of them have as many leading bits in common as before (as Crypto-PAn does, Xu et al.
 * 2002): each bit is turned or not by a keyed function of the bits before it. Bits on the way to a class are not turned,
 * so that addresses next to one keep the bits they have in common with it.
 */
export class AnonymousAddresses {
  readonly #key: Uint8Array;
  readonly #known = new Map<string, string>();
  readonly #turns = new Map<string, boolean>();

  /** `key`: random bytes that are never written. */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** The address instead of this one. What is no address is the unspecified one. */
  of(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const made = this.#make(text);
    if (this.#known.size >= MOST_KNOWN) this.#forget();
    this.#known.set(text, made);
    return made;
  }

  #make(text: string): string {
    const bytes = addressBytes(text);
    if (bytes === undefined) return '0.0.0.0';
    const bits = bitsOf(bytes);
    const isLocal = bits.length === 128 && bits.startsWith('0'.repeat(127));
    if (isLocal || KEPT.some((kept) => bits.length === 32 && bits.startsWith(kept))) return text;
    const { prefixes = [] } = PREFIXES.find(({ length }) => length === bytes.length) ?? {};
    let made = '';
    for (let at = 0; at < bits.length; at++) {
      const before = bits.slice(0, at);
      const isOnTheWay = prefixes.some((prefix) => prefix.length > at && prefix.startsWith(before));
      const isTurned = !isOnTheWay && this.#isTurned(bits.length, before);
      made += isTurned === (bits[at] === '1') ? '0' : '1';
    }
    return addressText(bytesOf(made));
  }

  #isTurned(length: number, before: string): boolean {
    const name = `${length} ${before}`;
    const known = this.#turns.get(name);
    if (known !== undefined) return known;
    const [first = 0] = createHmac('sha256', this.#key).update(name).digest();
    const isTurned = first % 2 === 1;
    this.#turns.set(name, isTurned);
    return isTurned;
  }

  #forget(): void {
    this.#known.clear();
    this.#turns.clear();
  }
}

/** Addresses that are remembered; a sample has hardly more. They can be computed anew. */
const MOST_KNOWN = 20_000;

function bitsOf(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
}

function bytesOf(bits: string): number[] {
  return (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
}
