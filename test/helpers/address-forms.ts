import { addressBytes, addressText } from '../../src/kernel/address-bytes.ts';

const hex = (bytes: readonly number[]) =>
  bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** All forms in which an address may be written, in lower case: text, hex of either byte order, IPv4-mapped. */
export function addressForms(address: string): string[] {
  const bytes = addressBytes(address) ?? [];
  // /proc/net/tcp prints words of the machine's own byte order.
  const words = Array.from({ length: bytes.length / 4 }, (_, word) =>
    bytes.slice(4 * word, 4 * word + 4),
  );
  const littleEndian = words.map((word) => hex(word.toReversed())).join('');
  const own = [address.toLowerCase(), addressText(bytes), hex(bytes), littleEndian];
  if (bytes.length !== 4) return own;
  const mapped = [...Array.from({ length: 10 }, () => 0), 255, 255, ...bytes];
  return [...own, `::ffff:${address}`, addressText(mapped), hex(mapped)];
}
