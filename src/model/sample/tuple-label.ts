/** The key of a group: its place and its tuple. */
export function groupKey(
  placeId: string,
  localAddress: string,
  remoteAddress: string,
  remotePort: number,
): string {
  return `${placeId} ${groupLabel(localAddress, remoteAddress, remotePort)}`;
}

/** The id of a group's place, from the group's key; '' for the key of a fold, or another text that is shorter. */
export function placeIdOf(key: string): string {
  return key.split(' ').slice(0, -LABEL_WORDS).join(' ');
}

/** Addresses and ports have no blanks. */
const LABEL_WORDS = 3;

/** `10.0.3.7 → 10.0.9.21:8080`, `::1 → [::1]:8080`. */
export function groupLabel(
  localAddress: string,
  remoteAddress: string,
  remotePort: number,
): string {
  return `${localAddress} → ${endpoint(remoteAddress, remotePort)}`;
}

/** `10.0.9.21:8080`, `[::1]:8080` (RFC 3986, 3.2.2). */
export function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
