/** A stretch of a process' memory, in bytes. */
export interface MemoryRange {
  readonly start: bigint;
  readonly length: bigint;
}

/** The first line of a mapping that may only be read or run, and belongs to a file: there are others without an inode. */
const READ_ONLY_FILE =
  /^(?<start>[0-9a-f]+)-(?<end>[0-9a-f]+) r-[-x]p [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ [1-9]\d* /;
/** All of it is as it is in the file. */
const NO_PAGE_OF_ITS_OWN = /^Anonymous: +0 kB$/m;

/**
 * The mappings in /proc/PID/smaps (proc_pid_smaps(5)) of which every page is in a file as well: what is dropped of them
 * is read again. Others are passed over, and so is what cannot be read.
 */
export function cleanFileRanges(smaps: string): MemoryRange[] {
  return smaps.split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/).flatMap((mapping) => {
    const ends = READ_ONLY_FILE.exec(mapping)?.groups;
    if (ends === undefined || !NO_PAGE_OF_ITS_OWN.test(mapping)) return [];
    const start = BigInt(`0x${ends['start']}`);
    return [{ start, length: BigInt(`0x${ends['end']}`) - start }];
  });
}
