// Goes round all network namespaces ten times a second, and writes a line of JSON for each round: what it read, and
// what has gone. A process of its own, as its thread moves from namespace to namespace.
import { setTimeout as delay } from 'node:timers/promises';
import { rawText } from '../../src/kernel/foreign-text.ts';
import { NamespaceRounds } from '../../src/sampling/namespace-rounds.ts';

/** A line of the output. */
export interface RoundLine {
  readonly samples: readonly {
    readonly id: string;
    readonly name: string;
    readonly takenAtMs: number;
    readonly used: number;
    readonly free: number;
    readonly owners: readonly string[];
  }[];
  readonly gone: readonly string[];
}

const INTERVAL_MS = 100;

const rounds = new NamespaceRounds({ source: 'auto', procMount: '/proc' });
for (;;) {
  const { samples, gone } = rounds.round({ intervalMs: INTERVAL_MS, cpuShare: undefined }, 50);
  const line: RoundLine = {
    samples: samples.map(({ place, takenAtMs, groups: [group] }) => ({
      id: place.id,
      name: rawText(place.name),
      takenAtMs,
      used: group?.used ?? 0,
      free: group?.free ?? 0,
      owners: (group?.owners ?? []).map(({ command }) => rawText(command)),
    })),
    gone: gone.map(({ id }) => id),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  await delay(INTERVAL_MS);
}
