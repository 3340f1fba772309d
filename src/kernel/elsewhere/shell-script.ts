import { CONNTRACK_FILES } from '../conntrack.ts';
import { SYSCTL_NAMES, sysctlPath } from '../sysctl.ts';

/** Small files below /proc that each answer has, as far as they are there. */
const ALWAYS = [
  'net/snmp',
  'net/netstat',
  'net/sockstat',
  'net/sockstat6',
  CONNTRACK_FILES.entries,
] as const;

/** Those that hardly change; only answers to `everything` have them. */
const SELDOM = [
  ...SYSCTL_NAMES.map(sysctlPath),
  CONNTRACK_FILES.maxEntries,
  CONNTRACK_FILES.timeWaitSeconds,
  'sys/kernel/osrelease',
  'sys/kernel/hostname',
] as const;

/** Names of what is no file below /proc: the link to the network namespace, and `uname -m`. */
export const NAMESPACE_LINK = 'link/self/ns/net';
export const MACHINE = 'machine';

/**
 * What is put into the table's place where awk is: the title row, local_address, rem_address, st, tr:tm->when and inode
 * of each row, and the number of rows.
 */
const COLUMNS = 'NR==1{print;next}{print $2,$3,$4,$6,$10}END{print "rows",NR-1}';

/**
 * The script, which `sh -c` runs with the nonce of its first line as $1. It answers each line that it reads with one
 * answer (answer.ts) and ends with its input. It needs `cat`, and uses awk, gzip, readlink and uname where they are
 * there. It runs in dash, busybox ash, bash and mksh; there is no apostrophe in it, as it is handed on between two.
 */
const SCRIPT = [
  'LC_ALL=C',
  'export LC_ALL',
  // printf is no builtin in mksh, and a list of reserved ports may be longer than an argument of a program.
  'if [ -n "${KSH_VERSION-}" ]; then w() { print -r -- "$1"; }',
  'elif command -v printf >/dev/null 2>&1; then w() { printf "%s\\n" "$1"; }',
  'else w() { echo "$1"; }',
  'fi',
  'c=rows',
  'command -v awk >/dev/null 2>&1 && c=columns',
  'z=plain',
  'command -v gzip >/dev/null 2>&1 && z=gzip',
  `a="${COLUMNS.replaceAll(/["$]/g, '\\$&')}"`,
  't() { if [ -r /proc/net/$1 ]; then w "@$n table net/$1 $c"; if [ $c = columns ]; then awk "$a" /proc/net/$1; else cat /proc/net/$1; fi; elif [ -e /proc/net/$1 ]; then w "@$n denied net/$1"; fi; }',
  'f() { for p in "$@"; do if [ -r /proc/$p ]; then echo "@$n file $p"; cat /proc/$p; elif [ -e /proc/$p ]; then echo "@$n denied $p"; fi; done; }',
  `s() { f ${SELDOM.join(' ')}; echo "@$n file ${NAMESPACE_LINK}"; readlink /proc/self/ns/net; echo "@$n file ${MACHINE}"; uname -m; }`,
  `o() { f ${ALWAYS.join(' ')}; [ "$k" != everything ] || s; echo "@$n"; }`,
  'p() { w ${#v}; w "$v"; t tcp; t tcp6; }',
  'w "@$1 ready"',
  'while read -r n k; do v=$(o 2>/dev/null)',
  'w "@$n begin $z"',
  'if [ $z = gzip ]; then p 2>/dev/null | gzip -c -1; else p 2>/dev/null; fi',
  'w "@$n times"',
  'times',
  'w "@$n end"',
  'done',
].join('; ');

/** What is wanted of an answer: the tables and counters alone, or the sysctls and names as well. */
export type Wanted = 'changing' | 'everything';

/**
 * The first line for a shell elsewhere: it becomes a `sh` that runs the script. A shell may read ahead of what it runs
 * (dash does), so requests have to wait until it has answered `@NONCE ready`.
 */
export function firstLine(nonce: string): string {
  return `exec sh -c '${SCRIPT}' ephtop ${nonce}\n`;
}

/** The line that asks for an answer. */
export function requestLine(nonce: string, wanted: Wanted): string {
  return `${nonce} ${wanted}\n`;
}
