import type { GroupOwner } from '../../src/model/sample/owners.ts';
import { rowsOfGroup, parseSs } from './ss-rows.ts';
import type { SnapshotGroup } from './snapshot-document.ts';

/** Who holds the connections of a group, as `ss -Htanp` says: of several processes the one with the lowest pid. */
export function ownersBySs(text: string, group: SnapshotGroup): GroupOwner[] {
  const { localAddress, remoteAddress: address, remotePort: port } = group;
  const users = text
    .split('\n')
    .filter((line) => {
      const [row] = parseSs(line);
      return row !== undefined && rowsOfGroup([row], localAddress, { address, port }).length === 1;
    })
    .flatMap(lowestUser);
  const byPid = Map.groupBy(users, ({ pid }) => pid);
  return Array.from(byPid, ([pid, holds]) => ({
    pid,
    command: holds[0]?.command ?? '',
    sockets: holds.length,
  })).toSorted((a, b) => b.sockets - a.sockets || a.pid - b.pid);
}

/** `users:(("haproxy",pid=812,fd=3),("curl",pid=900,fd=4))` */
function lowestUser(line: string): { pid: number; command: string }[] {
  return [...line.matchAll(/\("([^"]*)",pid=(\d+),fd=\d+\)/g)]
    .map(([, name = '', pid]) => ({ pid: Number(pid), command: name }))
    .toSorted((a, b) => a.pid - b.pid)
    .slice(0, 1);
}
