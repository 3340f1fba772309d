import type { Place } from '../kernel/place.ts';
import type { SamplingSettings } from '../sampling/settings.ts';
import type { PacedSamples } from '../sampling/paced-samples.ts';
import { switchedSource } from '../sampling/switched-source.ts';
import { startNamespacesThread, startSamplingThread } from '../sampling/worker-source.ts';
import { replacedSinceStart } from '../source/program-parts.ts';
import type { Trace } from '../source/trace.ts';
import type { ViewSettings } from '../ui/start.tsx';
import { OPTIONS } from './option-table.ts';
import type { SamplingOptions } from './sampling-settings.ts';

/** The places that a live view watches. */
interface LivePlaces extends Pick<
  ViewSettings,
  'whySilent' | 'onGone' | 'lostPlaces' | 'watchNamespaces' | 'allNamespaces'
> {
  readonly source: PacedSamples;
}

/** Where --via leads, the namespace that was asked for, or here: all network namespaces of the machine, or one. */
export async function openLivePlaces(
  options: SamplingOptions,
  settings: SamplingSettings,
  trace: Trace | undefined,
): Promise<LivePlaces> {
  if (options.via !== undefined) {
    // What starts programs is loaded only where it is asked for.
    const { openVia } = await import('./via.ts');
    const { source, trouble, lost } = openVia(options.via, settings, trace);
    return { source, whySilent: trouble, lostPlaces: lost };
  }
  const isElsewhere = settings.namespace !== undefined || options.proc !== OPTIONS.proc.default;
  if (isElsewhere && !options.allNamespaces)
    return { source: startSamplingThread(settings, trace) };
  let tellGone: (place: Place) => void = () => {};
  const open = (all: boolean) =>
    all
      ? startNamespacesThread(settings, (place) => tellGone(place), trace)
      : startSamplingThread(settings, trace);
  let refused: string | undefined;
  let watched = options.allNamespaces;
  const source = switchedSource(open, watched, (reason) => {
    refused = reason;
    watched = options.allNamespaces;
  });
  return {
    source,
    allNamespaces: options.allNamespaces,
    watchNamespaces(all) {
      // What runs goes on where nothing else can be started.
      refused = all === watched ? undefined : replacedSinceStart();
      if (refused !== undefined) return;
      watched = all;
      source.choose(all);
    },
    lostPlaces: () =>
      refused === undefined
        ? []
        : [{ placeId: undefined, name: 'other namespaces', reason: refused }],
    onGone(listener) {
      tellGone = listener;
    },
  };
}
