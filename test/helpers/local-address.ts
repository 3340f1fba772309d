import { spawnSync } from 'node:child_process';

/** Gives lo of this network namespace an address. */
export function addLocalAddress(address: string): void {
  const [prefix, ...flags] = address.includes(':') ? ['128', 'nodad'] : ['32'];
  const args = ['address', 'add', `${address}/${prefix}`, 'dev', 'lo', ...flags];
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8', timeout: 30_000 });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr.trim()}`);
}
