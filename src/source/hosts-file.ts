import { isIPv6, SocketAddress } from 'node:net';
import { type ForeignText, rawText } from '../kernel/foreign-text.ts';

/**
 * The name that a hosts file (hosts(5)) gives an address, as getent(1) says it: the canonical one, which stands first, of
 * the first line with that address. Undefined: it has none.
 */
export function nameInHosts(text: ForeignText, address: string): ForeignText | undefined {
  const wanted = normal(address);
  for (const line of rawText(text).split('\n')) {
    const [found = '', name] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (name !== undefined && normal(found) === wanted) return name;
  }
  return undefined;
}

/** The one spelling of an IPv6 address: `::1` for `0:0:0:0:0:0:0:1`. */
function normal(address: string): string {
  if (!isIPv6(address) || address.includes('%')) return address;
  return new SocketAddress({ address, family: 'ipv6' }).address;
}
