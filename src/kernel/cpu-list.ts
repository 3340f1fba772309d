import { ParseError } from './parse-error.ts';

/** The most that a kernel can be built for (NR_CPUS, arch/x86/Kconfig). */
const MOST_CPUS = 8192;

/**
 * Reads /sys/devices/system/cpu/online as the kernel prints it (bitmap_print_to_pagebuf): `0-3,5`.
 * The numbers, ascending. Throws ParseError for anything else.
 */
export function parseCpuList(text: string, file: string): number[] {
  return text
    .trim()
    .split(',')
    .flatMap((part) => {
      const match = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part);
      const first = Number(match?.[1]);
      const last = Number(match?.[2] ?? match?.[1]);
      if (match === null || last < first || last >= MOST_CPUS)
        throw new ParseError({ file, field: 'CPU numbers', got: part });
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}
