import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakeProcesses } from './fake-processes.ts';
import { nearlyFullProc } from './live-view.ts';
import { ipv4Row, printRow } from './proc-net-tcp-rows.ts';

const ESTABLISHED = 1;
const FIRST_INODE = 5_000_000;
const SMALL_GROUPS = 300;

/** 2001:db8:1234:5678:9abc:def0:1234:5678, and a destination as long. */
const LONG_LOCAL = [0x20010db8, 0x12345678, 0x9abcdef0, 0x12345678];
const LONG_REMOTE = [0x20010db8, 0xffff_ffff, 0xffff_ffff, 0xffff_fffe];

/** The ports of the range 40000–40099 in the order of connect(): the even ones, then the odd ones. */
function connectPort(index: number): number {
  return index < 50 ? 40_000 + 2 * index : 40_001 + 2 * (index - 50);
}

/**
 * A /proc with all that is hard to draw: 10.0.3.7 → 10.0.9.21:8080 nearly full, the longest IPv6 addresses there
 * are in the second group, three hundred small groups, and an owner whose name takes two cells a letter.
 */
export function crowdedProc(): string {
  const proc = nearlyFullProc();
  const wide = Array.from({ length: 60 }, (_, index) =>
    printRow({
      ...ipv4Row({ localPort: connectPort(index), remotePort: 8443, state: ESTABLISHED }),
      local: LONG_LOCAL,
      remote: LONG_REMOTE,
      inode: FIRST_INODE + index,
    }),
  );
  appendFileSync(join(proc, 'net/tcp6'), wide.join(''));
  const small = Array.from({ length: SMALL_GROUPS }, (_, index) =>
    printRow(ipv4Row({ remote: [0x0a01_0000 + index], localPort: connectPort(index % 50) })),
  );
  appendFileSync(join(proc, 'net/tcp'), small.join(''));
  const sockets = wide.map((_, index) => FIRST_INODE + index);
  new FakeProcesses(proc).set(812, { command: '日本語プロキシ', sockets });
  return proc;
}
