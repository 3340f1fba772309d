/** Makes what mixture-special.ts draws. */
import type { Namespace } from '../../helpers/namespace.ts';
import type { Mixture, Pair } from './mixture.ts';
import type { BoundPart, Special } from './mixture-special.ts';

/** Opens what is special about a mixture, before or after the other connections. */
export async function openSpecial(
  namespace: Namespace,
  { special, pairs }: Mixture,
  when: 'first' | 'last',
): Promise<void> {
  if (special === null) return;
  if (special.kind === 'bind0') {
    if (special.last !== (when === 'last')) return;
    for (const part of special.parts) await openBound(namespace, pairs, part);
  } else if (when === 'first') await openChosen(namespace, pairs, special);
}

async function openBound(
  namespace: Namespace,
  pairs: readonly Pair[],
  { group, count, end }: BoundPart,
): Promise<void> {
  const { source, destination } = pairAt(pairs, group);
  const bindTo = { address: source, port: 0 };
  const { connections } = await namespace.connect({ destination, count, bindTo });
  if (end === 'live') return;
  await namespace.close(
    connections.map(({ id }) => id),
    end,
  );
}

async function openChosen(
  namespace: Namespace,
  pairs: readonly Pair[],
  special: Exclude<Special, { kind: 'bind0' }>,
): Promise<void> {
  if (special.kind === 'own-range') {
    const { low, high, count } = special;
    const { source, destination } = pairAt(pairs, special.group);
    const bindTo = { address: source, port: 0 };
    const portRange = { low, high };
    await namespace.connect({ destination, count, bindTo, bindAddressNoPort: true, portRange });
    return;
  }
  const groups = special.kind === 'shared' ? special.groups : [special.group];
  for (const group of groups) {
    const { source, destination } = pairAt(pairs, group);
    const reuseAddress = special.kind === 'shared';
    const { ports } = special;
    const bindTo = { address: source, port: 0 };
    const { connections } = await namespace.connect({ destination, bindTo, reuseAddress, ports });
    const opened = connections.map(({ id }) => id);
    if (special.kind === 'by-number' && special.end !== 'live')
      await namespace.close(opened, special.end);
  }
}

function pairAt(pairs: readonly Pair[], group: number): Pair {
  const pair = pairs[group];
  if (pair === undefined) throw new Error(`no group ${group}`);
  return pair;
}
