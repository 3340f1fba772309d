import { unmapped } from './socket-address.ts';
import type { Endpoint } from './namespace-protocol.ts';

/** One line of `ss -Htan`, with the kernel's name of the state and mapped addresses as IPv4. */
export type SsRow = { state: string; local: Endpoint; remote: Endpoint };

/** Where ss spells a state otherwise than the kernel does. */
const KERNEL_NAMES = new Map([
  ['ESTAB', 'ESTABLISHED'],
  ['FIN-WAIT-1', 'FIN_WAIT1'],
  ['FIN-WAIT-2', 'FIN_WAIT2'],
  ['UNCONN', 'CLOSE'],
]);

/** Reads the output of `ss -Htan`. Throws when a line has no two endpoints. */
export function parseSs(text: string): SsRow[] {
  return text.split('\n').filter(Boolean).map(parseRow);
}

function parseRow(line: string): SsRow {
  const [state = '', , , local = '', remote = ''] = line.split(/\s+/);
  return {
    state: KERNEL_NAMES.get(state) ?? state.replaceAll('-', '_'),
    local: parseEndpoint(local, line),
    remote: parseEndpoint(remote, line),
  };
}

function parseEndpoint(text: string, line: string): Endpoint {
  const match = /^\[?(.*?)\]?(?:%\w+)?:(\d+|\*)$/.exec(text);
  if (match === null) throw new Error(`ss: no endpoint in ${JSON.stringify(line)}`);
  const [, address = '', port = ''] = match;
  return { address: unmapped(address), port: port === '*' ? 0 : Number(port) };
}

/** The rows whose local address and remote endpoint are these. */
export function rowsOfGroup(
  rows: readonly SsRow[],
  source: string,
  destination: Endpoint,
): SsRow[] {
  return rows.filter(
    ({ local, remote }) =>
      local.address === source &&
      remote.address === destination.address &&
      remote.port === destination.port,
  );
}

/** How many rows are in each state; states without any are absent. */
export function countStates(rows: readonly SsRow[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of rows) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
