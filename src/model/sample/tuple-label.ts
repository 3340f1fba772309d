/** The key of a group: its place and its tuple. */
export function groupKey(
  placeId: string,
  localAddress: string,
  remoteAddress: string,
  remotePort: number,
  deviceIndex?: number,
): string {
  return `${placeId} ${groupLabel(localAddress, remoteAddress, remotePort, deviceIndex)}`;
}

/** `10.0.3.7 → 10.0.9.21:8080`, `::1 → [::1]:8080`, `fe80::1%2 → [fe80::2]:8080` on the device with index 2. */
export function groupLabel(
  localAddress: string,
  remoteAddress: string,
  remotePort: number,
  deviceIndex?: number,
): string {
  const device = deviceIndex === undefined ? '' : `%${deviceIndex}`;
  return `${localAddress}${device} → ${endpoint(remoteAddress, remotePort)}`;
}

/** `10.0.9.21:8080`, `[::1]:8080` (RFC 3986, 3.2.2). */
export function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
