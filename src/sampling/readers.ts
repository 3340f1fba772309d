import { type Clock, systemClock } from '../source/clock.ts';
import type { KernelReader, ReadingKit, SocketFiles } from '../source/kernel-files.ts';
import { openNamespace } from '../source/namespace-place.ts';
import { netlinkReader } from '../source/netlink-reader.ts';
import { isOwnProcMount, procRoot } from '../source/proc-root.ts';
import { procfsReader } from '../source/procfs-reader.ts';
import { howToEnter } from '../source/set-namespace.ts';
import { SourceError } from '../source/source-error.ts';
import type { Trace } from '../source/trace.ts';
import { placeHere, type WatchedPlace } from '../source/watched-place.ts';
import { type FallbackReader, withFallback } from './fallback.ts';
import type { SamplerSettings } from './settings.ts';

/** What is watched, and how. */
export interface OpenedPlace {
  readonly watched: WatchedPlace;
  readonly read: KernelReader | FallbackReader;
  /** Why this thread's netlink and perf events do not show the place, in a sentence; undefined: they do. */
  readonly elsewhere?: string | undefined;
}

const MAY_BE_ANOTHER =
  'refusals are watched in the network namespace that ephtop runs in, and --proc may show another.';
const NOT_ENTERED =
  'refusals are watched from within a network namespace, which this user may not enter.';

/** Opens what the settings say, in this thread. Throws SourceError for settings that cannot work. */
export function openPlace(settings: SamplerSettings, trace: Trace | undefined): OpenedPlace {
  const { namespace, procMount } = settings;
  if (namespace === undefined) {
    const watched = placeHere(procRoot(procMount));
    // A procfs mounted elsewhere may show another network namespace than the one netlink would.
    const elsewhere = isOwnProcMount(procMount) ? undefined : MAY_BE_ANOTHER;
    return { watched, read: readerOf(watched, settings, elsewhere, trace), elsewhere };
  }
  const { watched, isEntered, requireThere } = openNamespace(namespace, procMount);
  trace?.(`namespace: ${isEntered ? 'entered' : 'seen from outside'}: ${watched.place.id}`);
  const elsewhere = isEntered ? undefined : NOT_ENTERED;
  const read = readerOf(watched, settings, elsewhere, trace);
  const checked = (files?: SocketFiles) => {
    requireThere();
    return read(files);
  };
  return { watched, read: Object.assign(checked, read), elsewhere };
}

/** The reader of a place that the settings ask for. Throws SourceError where netlink is asked for in vain. */
export function readerOf(
  watched: WatchedPlace,
  { source, procMount, namespace }: Pick<SamplerSettings, 'source' | 'procMount' | 'namespace'>,
  elsewhere: string | undefined,
  trace: Trace | undefined,
  { clock = systemClock, kit }: { clock?: Clock; kit?: ReadingKit } = {},
): KernelReader | FallbackReader {
  const procfs = () => procfsReader(watched, clock, kit);
  if (source === 'procfs' || (source === 'auto' && elsewhere !== undefined)) {
    const another = 'netlink would show another network namespace';
    const why =
      elsewhere === undefined
        ? '--source'
        : `${another}${namespace === undefined ? ' than --proc may' : ''}`;
    trace?.(`source: procfs in ${procMount} (${why})`);
    return procfs();
  }
  if (elsewhere !== undefined) {
    throw new SourceError(
      namespace === undefined
        ? '--source netlink reads the network namespace it runs in, and --proc may show another: use --source procfs with it.'
        : `--source netlink reads a network namespace from within, and this user may not enter it: ${howToEnter()}.`,
    );
  }
  const netlink = netlinkReader(watched, clock, undefined, kit);
  trace?.(`source: netlink (${source === 'auto' ? 'while it works' : '--source'})`);
  return source === 'netlink' ? netlink : withFallback(netlink, procfs, clock);
}
