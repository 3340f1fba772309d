import { mountPointOf } from './mountinfo.ts';

/** A container, as the path of its cgroup names it. */
export interface Container {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** The UUID of its Kubernetes pod; undefined: it is in none. */
  readonly pod: string | undefined;
}

// docker, containerd, CRI-O and podman: `/docker/<id>`, `docker-<id>.scope`, `cri-containerd-<id>.scope`,
// `crio-<id>.scope`, `libpod-<id>.scope`, `/kubepods/…/pod<uuid>/<id>`.
const CONTAINER = /^(?:[a-z][a-z-]*-)?([\da-f]{64})(?:\.scope)?$/;
// `pod<uuid>` (cgroupfs), `kubepods-burstable-pod<uuid with _>.slice` (systemd).
const POD =
  /^(?:kubepods[a-z-]*-)?pod([\da-f]{8}(?:[-_][\da-f]{4}){3}[-_][\da-f]{12})(?:\.slice)?$/;

/** The container of a process, from its /proc/PID/cgroup (cgroups(7)); of nested ones the innermost. */
export function parseContainer(cgroup: string): Container | undefined {
  for (const line of cgroup.split('\n')) {
    // "4:memory:/docker/…" of version 1, "0::/…" of version 2.
    const parts = line.split(':').slice(2).join(':').split('/');
    const id = parts.findLast((part) => CONTAINER.test(part));
    if (id === undefined) continue;
    const pod = parts.findLast((part) => POD.test(part));
    return {
      id: CONTAINER.exec(id)?.[1] ?? '',
      pod: POD.exec(pod ?? '')?.[1]?.replaceAll('_', '-'),
    };
  }
  return undefined;
}

/** The inode in a link to a network namespace, `net:[4026531840]` (namespaces(7)); undefined for any other text. */
export function parseNetworkLink(target: string): number | undefined {
  const digits = /^net:\[(\d{1,15})\]$/.exec(target)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * A file below the directory of a process, or at the root of a procfs, whose inode tells its network namespace from all
 * others (proc_create_net in fs/proc/proc_net.c). Anybody may stat it; the link takes the right to trace the process.
 */
export const NETWORK_MARK = 'net/netstat';

/** A network namespace that is mounted onto a file, as `ip netns add` does. */
export interface MountedNetwork {
  readonly inode: number;
  readonly path: string;
}

/** The network namespaces mounted here, from /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export function parseMountedNetworks(mountinfo: string): MountedNetwork[] {
  return mountinfo.split('\n').flatMap((line) => {
    if (!line.includes(' - nsfs ')) return [];
    const inode = parseNetworkLink(line.split(' ')[3] ?? '');
    const path = mountPointOf(line);
    return inode === undefined || path === undefined ? [] : [{ inode, path }];
  });
}

/** Paths that stand in a command as they are, for any shell. */
const PLAIN_PATH = /^\/[\w@%+=:,./-]{1,300}$/;

/** The first of these files of a namespace that can stand in a command as it is; undefined: none can. */
export function namespaceFile(paths: readonly (string | undefined)[]): string | undefined {
  return paths.find((path) => path !== undefined && PLAIN_PATH.test(path));
}

const NAMED = /^(?:\/var)?\/run\/netns\/([^/]+)$/;

/** The name by which `ip netns` knows a mounted namespace; undefined: by none. */
export function ipNetnsName(path: string): string | undefined {
  return NAMED.exec(path)?.[1];
}
