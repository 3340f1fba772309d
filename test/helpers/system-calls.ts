import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'vitest';

/**
 * Every call by which a process changes something outside itself, or speaks to someone. Reading is free. (Memory
 * mapped for writing needs a file opened for writing, and a ring of io_uring its set-up.)
 */
const CALLS = [
  'open,openat,openat2,creat,write,pwrite64,writev,pwritev,pwritev2,sendfile,copy_file_range,splice,vmsplice,tee',
  'truncate,ftruncate,fallocate,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir',
  'symlink,symlinkat,link,linkat,mknod,mknodat,chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat',
  'utime,utimes,utimensat,setxattr,lsetxattr,fsetxattr,removexattr,lremovexattr,fremovexattr',
  'socket,socketpair,connect,bind,listen,accept,accept4,sendto,sendmsg,sendmmsg,setsockopt',
  'execve,execveat,fork,vfork,clone,clone3,kill,tkill,ptrace,process_vm_writev,pidfd_send_signal',
  'mount,umount2,pivot_root,chroot,unshare,setns,setuid,setgid,setresuid,setresgid,sethostname,swapon,reboot',
  'bpf,perf_event_open,io_uring_setup,memfd_create,init_module,finit_module,keyctl,ioctl',
].join(',');

/** The words before a program that have its system calls written into a file. */
export function underStrace(log: string): [file: string, ...args: string[]] {
  return [
    'strace',
    '-f',
    '-qq',
    '-yy',
    '-s',
    '200',
    '--seccomp-bpf',
    '-e',
    `trace=${CALLS}`,
    '-o',
    log,
  ];
}

/** A `beforeEach` hook. Without strace the tests are skipped; under CI they fail. */
export function requireStrace({ skip }: Pick<TestContext, 'skip'>): void {
  const { status, error, stderr } = spawnSync('strace', ['-qq', '-e', 'trace=none', 'true'], {
    encoding: 'utf8',
  });
  if (status === 0) return;
  const message = `no strace: ${error?.message ?? stderr}`;
  if (process.env['CI']) throw new Error(`CI must see the system calls, but ${message}`);
  skip(message);
}

/** What a program did, from a log of `underStrace`: each deed once, in words such as `write /dev/pts/3`. */
export function deedsIn(log: string): string[] {
  const lines = readFileSync(log, 'utf8').split('\n');
  // The first is strace's own start of the program.
  const deeds = lines.slice(1).flatMap(deedOf);
  return [...new Set(deeds)].toSorted();
}

/** The deed of a line; none where it is the end of a call, or concerns nobody else. */
export function deedOf(line: string): string[] {
  // `<... write resumed>` has no arguments: they were written when it began.
  const [, call = '', args = ''] = /^\d+ +(\w+)\((.*)$/.exec(line) ?? [];
  if (call === '') return [];
  const paths = [...args.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, path = '']) => path);
  const target = targetOf(args);
  switch (call) {
    case 'open':
    case 'openat':
    case 'openat2':
      return /\bO_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND)\b/.test(args) ? [`open ${paths[0]}`] : [];
    case 'write':
    case 'writev':
    case 'pwrite64':
    case 'pwritev':
    case 'pwritev2':
      return target === undefined ? [] : [`write ${target}`];
    case 'clone':
    case 'clone3':
      return args.includes('CLONE_THREAD') ? [] : ['start a process'];
    case 'socket':
      return [
        `socket ${/^AF_\w+|[^,]+/.exec(args)?.[0]} ${/[^ ,)]+(?=\)| <unfinished)/.exec(args)?.[0]}`,
      ];
    case 'setsockopt':
      return [`setsockopt ${/SO_\w+|IP\w*_\w+|TCP_\w+/.exec(args.split(', ')[2] ?? '')?.[0]}`];
    case 'connect':
    case 'sendto':
    case 'sendmsg':
    case 'sendmmsg':
      return [`${call} ${target} ${/_port=htons\((\d+)\)/.exec(args)?.[1] ?? ''}`.trim()];
    case 'ioctl':
      return [`ioctl ${/, (?:SNDCTL_TMR_\w+ or )?(\w+)/.exec(args)?.[1]}`];
    case 'io_uring_setup':
      return /flags=[^,]*IORING_SETUP_SQPOLL/.test(args)
        ? ['io_uring with a thread of the kernel']
        : [];
    default:
      return [[call, ...(paths.length > 0 ? paths : [target ?? ''])].join(' ').trim()];
  }
}

/** What a file descriptor stands for; undefined for the process's own pipes and events. */
function targetOf(args: string): string | undefined {
  const target = /^\d+<((?:[^<>]|->|<[^>]*>)*)>/.exec(args)?.[1] ?? args.split(',')[0];
  if (target === undefined || /^(?:anon_inode:\[?eventfd|pipe:)/.test(target)) return undefined;
  // What the test reads: Node's spawn() makes a pair of sockets for stdout and for stderr.
  if (/^[12]<(?:UNIX|pipe)/.test(args)) return undefined;
  return target.replace(/<char [\d:]+>$/, '').replace(/^(NETLINK|UDP|TCP):.*/, '$1');
}
