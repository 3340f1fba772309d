import type { NamespaceChoice } from '../source/namespace-place.ts';
import type { OwnerPace } from '../source/owner-pace.ts';

/** How to read the sockets; auto is netlink if it works, otherwise procfs. */
export type SourceChoice = 'auto' | 'netlink' | 'procfs';

/** Where and how to read; plain data, so that it can be handed to a thread. */
export interface SamplerSettings {
  readonly source: SourceChoice;
  /** Where procfs is mounted. */
  readonly procMount: string;
  /** The network namespace to enter, with the thread that samples; undefined: the one it is in. */
  readonly namespace?: NamespaceChoice | undefined;
  /** Share of time the owner search may use; default: as much as it needs. */
  readonly ownerPace?: OwnerPace;
  /** Maximum number of groups; the smallest beyond it are summed up. Default: no maximum. */
  readonly mostGroups?: number;
  /** True for a single sample, which sees no refusals: they would have to happen while it is taken. */
  readonly isSingle?: boolean;
  /**
   * True if all processes of this network namespace are in this PID namespace: whoever cannot be seen from here is elsewhere,
   * even with an address of ours.
   */
  readonly seesAll?: boolean;
}

/** How often to sample, and at what cost. */
export interface SamplingSettings extends SamplerSettings {
  readonly intervalMs: number;
  /** Share of one core the whole process may use, 0–1. */
  readonly cpuBudget: number;
}
