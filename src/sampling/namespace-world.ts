import { closeSync, openSync } from 'node:fs';
import type { ConfiguredPort } from '../kernel/configured-port.ts';
import { systemClock } from '../source/clock.ts';
import { configuredPortsHere } from '../source/configured-services.ts';
import { hiddenProcesses } from '../source/hidden-processes.ts';
import { type ReadingKit, readingKit } from '../source/kernel-files.ts';
import { processRoot, type ProcRoot, procRoot } from '../source/proc-root.ts';
import { watchRefusals } from '../source/refusal-watcher.ts';
import { errorCode, failureReason, isForbidden } from '../source/read-file.ts';
import { enterNetwork, howToEnter } from '../source/set-namespace.ts';
import { SourceError } from '../source/source-error.ts';
import type { Trace } from '../source/trace.ts';
import { MachineRefusals } from './machine-refusals.ts';
import type { SamplerSettings } from './settings.ts';

/** What the watches of all namespaces share. */
export interface NamespaceWorld {
  readonly settings: SamplerSettings;
  /** Where processes are listed. */
  readonly processes: ProcRoot;
  readonly kit: ReadingKit;
  /** Path of the namespace that this thread was in at first. */
  readonly home: string;
  /** Why this thread may not enter other namespaces, in a sentence; undefined: it may. */
  readonly cannotEnter: string | undefined;
  /** Why other users' processes, and so their namespaces, are invisible; undefined: they are visible. */
  readonly ownersHidden: string | undefined;
  /** Of the services of the namespace at home. */
  readonly configuredPorts: readonly ConfiguredPort[] | undefined;
  /** Undefined: a single look sees none. */
  readonly refusals: MachineRefusals | undefined;
  /** Goes back home, and closes what is open. */
  close(): void;
}

/** Prepares this thread to go from namespace to namespace. */
export function openWorld(settings: SamplerSettings, trace: Trace | undefined): NamespaceWorld {
  const processes = processRoot(settings.procMount);
  // A process in nothing but its own namespace has no other file of it, once its thread is elsewhere.
  const homeFile = openSync('/proc/thread-self/ns/net', 'r');
  const home = `/proc/thread-self/fd/${homeFile}`;
  const cannotEnter = whyNot(home);
  trace?.(`namespaces: ${cannotEnter === undefined ? 'entered' : `from outside: ${cannotEnter}`}`);
  const refusals =
    settings.isSingle === true || cannotEnter !== undefined
      ? undefined
      : new MachineRefusals(watchRefusals, processes, systemClock);
  return {
    settings,
    processes,
    kit: readingKit(),
    home,
    cannotEnter,
    ownersHidden: hiddenProcesses(processes),
    configuredPorts: configuredPortsHere(procRoot(settings.procMount)),
    refusals,
    close() {
      refusals?.close();
      try {
        if (cannotEnter === undefined) enterNetwork(home);
      } catch (error) {
        // The thread has nothing more to do at home.
        trace?.(`namespaces: not back home: ${String(error)}`);
      }
      closeSync(homeFile);
    },
  };
}

/** Entering the namespace where one is takes the same right as any other. */
function whyNot(home: string): string | undefined {
  try {
    enterNetwork(home);
    return undefined;
  } catch (error) {
    if (error instanceof SourceError) return error.message;
    if (isForbidden(error)) return `this user may not enter network namespaces: ${howToEnter()}.`;
    if (errorCode(error) === undefined) throw error;
    return `network namespaces cannot be entered: ${failureReason(error)}.`;
  }
}
