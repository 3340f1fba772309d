import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** What a process of a pretended /proc shows. */
export interface FakeMember {
  /** The inode in its link to the network namespace; undefined: this user may not read it. */
  readonly inode?: number | undefined;
  /** Processes of the same network have the same inode of net/netstat. */
  readonly network: string;
  readonly command?: string;
  readonly cgroup?: string;
}

/** A pretended /proc with processes in network namespaces; it goes with the test. */
export class FakeNamespaces {
  readonly path = mkdtempSync(join(tmpdir(), 'ephtop-namespaces-'));

  constructor() {
    onTestFinished(() => rmSync(this.path, { recursive: true, force: true }));
    mkdirSync(join(this.path, 'self'));
    this.mount('');
  }

  /** Starts a process, or moves it. */
  set(pid: number, { inode, network, command = `p${pid}`, cgroup = '0::/\n' }: FakeMember): void {
    this.end(pid);
    for (const folder of ['ns', 'net'])
      mkdirSync(join(this.path, `${pid}/${folder}`), { recursive: true });
    if (inode !== undefined) symlinkSync(`net:[${inode}]`, join(this.path, `${pid}/ns/net`));
    writeFileSync(join(this.path, network), '', { flag: 'a' });
    linkSync(join(this.path, network), join(this.path, `${pid}/net/netstat`));
    writeFileSync(join(this.path, `${pid}/comm`), `${command}\n`);
    writeFileSync(join(this.path, `${pid}/cgroup`), cgroup);
  }

  end(pid: number): void {
    rmSync(join(this.path, String(pid)), { recursive: true, force: true });
  }

  /** Ends a process whose parent does not wait for it: it is still listed, and in no namespace any more. */
  leaveZombie(pid: number): void {
    for (const folder of ['ns', 'net'])
      rmSync(join(this.path, `${pid}/${folder}`), { recursive: true, force: true });
  }

  /** Replaces self/mountinfo. */
  mount(mountinfo: string): void {
    writeFileSync(join(this.path, 'self/mountinfo'), mountinfo);
  }
}
