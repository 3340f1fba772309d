import { type ForeignText, rawText } from '../kernel/foreign-text.ts';

/** Host names by address. */
export type HostNames = ReadonlyMap<string, string>;

export const NO_NAMES: HostNames = new Map();

/** Number of names to keep; the oldest go first. */
const MOST_NAMES = 4096;

/**
 * A name server's answer if it is a host name (RFC 1123, plus underscores, which occur); else undefined. The owner of an
 * address chooses the answer, so it must neither steer the terminal nor look like another address.
 */
export function hostName(told: ForeignText): string | undefined {
  const name = rawText(told).replace(/\.$/, '');
  const isHostName = /^(?=.{1,253}$)[a-z\d_](?:[a-z\d_.-]*[a-z\d_])?$/i.test(name);
  return isHostName && /[a-z]/i.test(name.split('.').at(-1) ?? '') ? name : undefined;
}

/** The same names with one more. */
export function withHostName(names: HostNames, address: string, told: ForeignText): HostNames {
  const name = hostName(told);
  if (name === undefined || names.get(address) === name) return names;
  const kept = [...names].filter(([known]) => known !== address).slice(1 - MOST_NAMES);
  return new Map([...kept, [address, name]]);
}
