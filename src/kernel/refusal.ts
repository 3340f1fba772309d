import type { IpFamily } from './ip-address.ts';

/** One connect() that the kernel refused for want of a source port (EADDRNOTAVAIL). */
export interface Refusal {
  /** The process that asked. */
  readonly pid: number;
  /** Its name, safe to print; may be empty. */
  readonly command: string;
  readonly family: IpFamily;
  /** The source address that the kernel had chosen, or the program had bound. */
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
}
