/** A size that is left out, and why, in words. */
export interface LeftOut {
  readonly sockets: number;
  readonly reason: string;
}

export interface PopulationPlan {
  readonly sizes: readonly number[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * What a TIME_WAIT socket is reckoned to take: 270 bytes in the kernel (struct inet_timewait_sock and its
 * share of the bind buckets), and the rows that four readers keep of it.
 */
const BYTES_PER_SOCKET = 1024;
/** For the programs themselves, and so that the machine's owner notices nothing. */
const RESERVE_BYTES = 1024 ** 3;

/** The numbers of sockets that fit into available memory, smallest first. */
export function planPopulations(wanted: readonly number[], availableBytes: number): PopulationPlan {
  const needed = (sockets: number) => RESERVE_BYTES + sockets * BYTES_PER_SOCKET;
  const ascending = [...new Set(wanted)].toSorted((a, b) => a - b);
  return {
    sizes: ascending.filter((sockets) => needed(sockets) <= availableBytes),
    leftOut: ascending
      .filter((sockets) => needed(sockets) > availableBytes)
      .map((sockets) => ({
        sockets,
        reason: `reckoned to need ${mebibytes(needed(sockets))} MiB, and ${mebibytes(availableBytes)} MiB are available`,
      })),
  };
}

function mebibytes(bytes: number): string {
  return Math.round(bytes / 1024 ** 2).toLocaleString('en-US');
}
