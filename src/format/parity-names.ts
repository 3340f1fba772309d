/** The parity of the ports that connect() takes first in a range from `low` on, and the other. */
export function parityNames(low: number): readonly [string, string] {
  return low % 2 === 0 ? ['even', 'odd'] : ['odd', 'even'];
}
