import { printableJson } from '../kernel/foreign-text.ts';
import { buildModel } from '../model/model.ts';
import {
  namespacesDocument,
  namespacesTable,
  type SeenNamespace,
  worstNamespacesFirst,
} from '../outputs/namespaces.ts';
import { NamespaceRounds } from '../sampling/namespace-rounds.ts';
import { systemClock } from '../source/clock.ts';
import { IN_PASSING } from '../source/owner-pace.ts';
import type { Trace } from '../source/trace.ts';
import { writtenText } from './ascii-output.ts';
import type { Invocation } from './invocation.ts';
import type { OptionsOf } from './option-table.ts';
import { MOST_GROUPS } from './sampling-settings.ts';
import { say } from './say.ts';
import { lostSentence } from './say-once.ts';
import { writeOut } from './stdout.ts';

type NamespacesOptions = OptionsOf<'format' | 'source' | 'characters'>;

/** Lists the network namespaces of this machine; what this user cannot see goes to stderr. */
export async function runNamespaces({
  options,
  trace,
}: Invocation<NamespacesOptions>): Promise<void> {
  const { namespaces, warnings } = lookAround(options, trace);
  for (const warning of warnings) say(warning);
  const text =
    options.format === 'json'
      ? printableJson(namespacesDocument(namespaces, systemClock.nowMs(), warnings), 2)
      : namespacesTable(namespaces, writtenText(options.ascii));
  await writeOut(`${text}\n`);
}

/** Looks into each namespace once; those that cannot be read are listed all the same. */
function lookAround({ source, proc: procMount }: NamespacesOptions, trace: Trace | undefined) {
  // Whose the sockets are is not told, and takes the longest.
  const ownerPace = { ...IN_PASSING, firstDelayMs: Infinity };
  const rounds = new NamespaceRounds(
    { source, procMount, isSingle: true, mostGroups: MOST_GROUPS, ownerPace },
    trace,
  );
  try {
    const { samples, lost } = rounds.whole();
    const models = new Map(samples.map((sample) => [sample.place.id, buildModel(sample)]));
    const namespaces = rounds.watches.map(
      ({ place, namespace: { pids, mountPath }, isOutside }): SeenNamespace => ({
        place,
        pids,
        mountPath,
        model: models.get(place.id),
        isAssumed: isOutside,
      }),
    );
    const { cannotEnter, ownersHidden } = rounds.world;
    const unread = lost.map(lostSentence);
    const warnings = [cannotEnter, ownersHidden, ...unread].filter(
      (warning) => warning !== undefined,
    );
    return { namespaces: worstNamespacesFirst(namespaces), warnings };
  } finally {
    rounds.close();
  }
}
