import type { ForeignText } from '../kernel/foreign-text.ts';
import { Resolver } from 'node:dns/promises';
import type { Clock } from './clock.ts';
import { nameInHosts } from './hosts-file.ts';
import { ifThere, readText } from './read-file.ts';

/** Looks up the names of an address; rejects if it has none or nobody answers. */
export type ReverseLookup = (address: string) => Promise<readonly ForeignText[]>;

/** Looks up names for the addresses on the screen; `onName` gets each name as received. */
type LookUpNames = (
  addresses: readonly string[],
  onName: (address: string, name: ForeignText) => void,
) => void;

const LIMIT_MS = 2000;
const MOST_AT_ONCE = 4;
/** Shortest time between two lookups of an address, whether it had a name or not. */
const KEPT_MS = 600_000;
/** How many looked-up addresses are remembered. */
const MOST_KEPT = 4096;

const HOSTS_FILE = '/etc/hosts';

/**
 * Looks names up in /etc/hosts and DNS. Uses c-ares, not lookupService(), whose threads would delay the end of
 * the process; of a line in /etc/hosts, c-ares only knows the aliases. `signal` aborts lookups under way.
 */
export function systemReverseLookup(signal: AbortSignal): ReverseLookup {
  const resolver = new Resolver({ timeout: LIMIT_MS, tries: 1 });
  signal.addEventListener('abort', () => resolver.cancel());
  return async (address) => {
    const name = knownName(address);
    return name === undefined ? await resolver.reverse(address) : [name];
  };
}

/** The name in /etc/hosts; undefined: it has none, or cannot be read. */
function knownName(address: string): ForeignText | undefined {
  return ifThere(() => nameInHosts(readText(HOSTS_FILE), address));
}

/** Limits calls of `reverse`: few at a time, each at most 2 s, once per address in 10 minutes, until the signal. */
export function nameLookup(reverse: ReverseLookup, clock: Clock, signal: AbortSignal): LookUpNames {
  const askedMs = new Map<string, number>();
  let waiting: readonly string[] = [];
  let running = 0;

  const isDue = (address: string) =>
    clock.monotonicMs() - (askedMs.get(address) ?? -Infinity) >= KEPT_MS;

  function remember(address: string): void {
    askedMs.delete(address);
    askedMs.set(address, clock.monotonicMs());
    const [oldest] = askedMs.keys();
    if (askedMs.size > MOST_KEPT && oldest !== undefined) askedMs.delete(oldest);
  }

  return function lookUp(addresses, onName) {
    // Addresses that have left the screen no longer matter.
    waiting = addresses.filter(isDue);
    startNext();

    function startNext(): void {
      while (running < MOST_AT_ONCE && !signal.aborted) {
        const [address, ...others] = waiting;
        if (address === undefined) return;
        waiting = others;
        if (isDue(address)) void ask(address);
      }
    }

    async function ask(address: string): Promise<void> {
      running++;
      remember(address);
      const stop = new AbortController();
      try {
        const [name] = await Promise.race([
          reverse(address),
          clock.sleep(LIMIT_MS, stop.signal).then(() => []),
        ]);
        if (name !== undefined) onName(address, name);
      } catch {
        // No name, or nobody answers: remember that as well.
      } finally {
        stop.abort();
        running--;
      }
      startNext();
    }
  };
}
