import type { OwnerPace } from '../source/owner-finder.ts';

/** How to read the sockets; auto is netlink where it works, and procfs elsewhere. */
export type SourceChoice = 'auto' | 'netlink' | 'procfs';

/** Where and how to read; plain data, so that it can be handed to a thread. */
export interface SamplerSettings {
  readonly source: SourceChoice;
  /** Where procfs is mounted. */
  readonly procMount: string;
  /** How much of the time may go into the search for owners; as much as it needs where it is left out. */
  readonly ownerPace?: OwnerPace;
  /** The smallest groups beyond so many are summed up; none where it is left out. */
  readonly mostGroups?: number;
  /** True where a single look is taken, which sees no refusals: they would have to come while it lasts. */
  readonly isSingle?: boolean;
}

/** How often to sample, and at what cost. */
export interface SamplingSettings extends SamplerSettings {
  readonly intervalMs: number;
  /** Share of one core that the whole process may use, 0–1. */
  readonly cpuBudget: number;
}
