const MEANINGS: Readonly<Record<string, string>> = { '0': 'off', '1': 'on', '2': 'loopback only' };

/** A value of net.ipv4.tcp_tw_reuse with what it means (ip-sysctl.rst): "2 loopback only". */
export function reuseText(value: string): string {
  const meaning = MEANINGS[value];
  return meaning === undefined ? value : `${value} ${meaning}`;
}
