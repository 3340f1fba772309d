import { spawnSync } from 'node:child_process';

/** For so long a busy machine may take; its work queues have run by then. */
const PATIENCE_MS = 30_000;

/**
 * Gives lo of this network namespace an address, and returns when connections to it find a route: for IPv6 the kernel
 * adds that later, from a work queue (addrconf_dad_work, net/ipv6/addrconf.c), up to a second on a busy machine.
 */
export function addLocalAddress(address: string): void {
  const isIpv6 = address.includes(':');
  const flags = isIpv6 ? ['nodad'] : [];
  const added = ip('address', 'add', `${address}/${isIpv6 ? 128 : 32}`, 'dev', 'lo', ...flags);
  if (added.status !== 0) throw new Error(`ip address add ${address}: ${added.stderr.trim()}`);
  if (!isIpv6) return;
  const endsMs = performance.now() + PATIENCE_MS;
  while (ip('-6', 'route', 'get', address).status !== 0) {
    if (performance.now() > endsMs) throw new Error(`there is no route to ${address}`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  }
}

function ip(...args: readonly string[]) {
  return spawnSync('ip', args, { encoding: 'utf8', timeout: PATIENCE_MS });
}
