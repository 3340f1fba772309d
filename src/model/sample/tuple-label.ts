import { type ForeignText, printable } from '../../kernel/foreign-text.ts';

/** The key of a group: its place and its tuple. */
export function groupKey(
  placeId: string,
  localAddress: string,
  remoteAddress: string,
  remotePort: number,
  device?: ForeignText,
): string {
  return placeId + BEHIND_PLACE + groupLabel(localAddress, remoteAddress, remotePort, device);
}

/** The id of the place in a group's key; '' for the key of a fold. */
export function placeIdOf(key: string): string {
  return key.slice(0, Math.max(0, key.indexOf(BEHIND_PLACE)));
}

/** A character that neither a place's id nor a label contains. */
const BEHIND_PLACE = '\n';

/** `10.0.3.7 → 10.0.9.21:8080`, `::1 → [::1]:8080`; with a bound device, `fe80::1 → [fe80::2]:8080 %eth0`. */
export function groupLabel(
  localAddress: string,
  remoteAddress: string,
  remotePort: number,
  device?: ForeignText,
): string {
  const label = `${localAddress} → ${endpoint(remoteAddress, remotePort)}`;
  return device === undefined ? label : `${label} %${printable(device)}`;
}

/** `10.0.9.21:8080`, `[::1]:8080` (RFC 3986, 3.2.2). */
export function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
