import { formatIpv4, formatIpv6, type Ipv6Words } from './ip-address.ts';

/** The bytes of an IPv4 (4) or IPv6 (16) address in text form; undefined: it is none. */
export function addressBytes(text: string): readonly number[] | undefined {
  return text.includes(':') ? ipv6Bytes(text) : ipv4Bytes(text);
}

/** The text of 4 or 16 bytes. */
export function addressText(bytes: readonly number[]): string {
  const word = (at: number) =>
    (((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0)) >>>
    0;
  if (bytes.length === 4) return formatIpv4(word(0));
  const words: Ipv6Words = [word(0), word(4), word(8), word(12)];
  return formatIpv6(words);
}

function ipv4Bytes(text: string): readonly number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part))) return undefined;
  const bytes = parts.map(Number);
  return bytes.some((byte) => byte > 255) ? undefined : bytes;
}

function ipv6Bytes(text: string): readonly number[] | undefined {
  const [, front = '', dotted] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text) ?? [];
  const ending = dotted === undefined ? undefined : ipv4Bytes(dotted);
  if (dotted !== undefined && ending === undefined) return undefined;
  const hex = ending === undefined ? text : front + twoGroups(ending);
  const halves = hex.split('::');
  if (halves.length > 2) return undefined;
  const [left = [], right = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - left.length - right.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  if (groups.some((group) => !/^[\da-f]{1,4}$/i.test(group))) return undefined;
  return groups.flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 255];
  });
}

function twoGroups([a = 0, b = 0, c = 0, d = 0]: readonly number[]): string {
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}
