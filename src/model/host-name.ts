/** Host names by address. */
export type HostNames = ReadonlyMap<string, string>;

export const NO_NAMES: HostNames = new Map();

/** More names are not kept; the oldest go first. */
const MOST_NAMES = 4096;

/**
 * What a name server told, if it is a host name (RFC 1123; underscores are seen as well): whoever owns an address
 * chooses it, and it must neither steer the terminal nor look like another address. Undefined: it is none.
 */
export function hostName(told: string): string | undefined {
  const name = told.replace(/\.$/, '');
  const isHostName = /^(?=.{1,253}$)[a-z\d_](?:[a-z\d_.-]*[a-z\d_])?$/i.test(name);
  return isHostName && /[a-z]/i.test(name.split('.').at(-1) ?? '') ? name : undefined;
}

/** The same names with one more. */
export function withHostName(names: HostNames, address: string, told: string): HostNames {
  const name = hostName(told);
  if (name === undefined || names.get(address) === name) return names;
  const kept = [...names].filter(([known]) => known !== address).slice(1 - MOST_NAMES);
  return new Map([...kept, [address, name]]);
}
