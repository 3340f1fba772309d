import { Resolver } from 'node:dns/promises';
import type { Clock } from './clock.ts';

/** Asks for the names of an address; rejects where it has none, or nobody answers. */
export type ReverseLookup = (address: string) => Promise<readonly string[]>;

/** Asks for names of the addresses that are on the screen now; `onName` gets each that comes, as it was told. */
type LookUpNames = (
  addresses: readonly string[],
  onName: (address: string, name: string) => void,
) => void;

const LIMIT_MS = 2000;
const MOST_AT_ONCE = 4;
/** An address is asked for no more often, whether it had a name or not. */
const KEPT_MS = 600_000;
/** Of the addresses asked for so many are remembered. */
const MOST_KEPT = 4096;

/**
 * Looks names up in /etc/hosts and DNS. By c-ares, not by lookupService(): the threads that it takes would be
 * waited for when the process ends. `signal` gives up what is under way.
 */
export function systemReverseLookup(signal: AbortSignal): ReverseLookup {
  const resolver = new Resolver({ timeout: LIMIT_MS, tries: 1 });
  signal.addEventListener('abort', () => resolver.cancel());
  return (address) => resolver.reverse(address);
}

/** Lets `reverse` be asked little: few at a time, none for longer than 2 s, each once in 10 minutes, until the signal. */
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
    // What was on the screen before matters no more.
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
        // It has no name, or nobody answers: that is remembered as well.
      } finally {
        stop.abort();
        running--;
      }
      startNext();
    }
  };
}
