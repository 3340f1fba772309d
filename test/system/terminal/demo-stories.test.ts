/** Every scenario, played to its end before somebody who presses its keys: what the captions say is so. */
import { expect, test } from 'vitest';
import { ipv4Sysctls, startDemo, type User, USERS } from '../../helpers/demo.ts';
import { cleanUpAfterAll, LAUNCHER } from '../../helpers/live-view.ts';
import { openTerminal, type Terminal } from '../../helpers/terminal.ts';

cleanUpAfterAll();

/** From the start to the first request that fails; on a busy machine, the clients' time goes slower. */
const FAILS_MS = 150_000;
/** Until a followed suggestion has brought what it promised: TIME_WAIT of what was closed before lasts 60 s. */
const FOLLOWED_MS = 110_000;

const failed = (errno: string) => new RegExp(`[1-9][\\d,]* ${errno}`);
const OUTCOME = /No request fails\. Done [^]*?; now ≥?(\S+)%/;

/** The headroom that was promised, at once and after a minute, and what it is now. */
const TOLD =
  /No request fails\. Done [^:]*: promised \S+ → (?:about )?(\S+)%(?:, (?:about )?(\S+)% after a minute)?; now ≥?(\S+)%/;

/** The second of the timeline that the caption's bar shows. */
function timelineS(screen: string): number {
  const [, minutes, seconds] = /(\d+):(\d\d) of \d:\d\d/.exec(screen) ?? [];
  return 60 * Number(minutes) + Number(seconds);
}

/** Presses the key of a suggestion as soon as the line of keys has it. */
async function follow(terminal: Terminal, id: string): Promise<void> {
  const keys = new RegExp(`(\\d) ${id}\\b`);
  const screen = await terminal.waitFor(keys, 20_000);
  terminal.press(keys.exec(screen)?.[1] ?? '');
  await terminal.waitFor(/Followed \d: /);
}

async function quit(terminal: Terminal): Promise<void> {
  terminal.press('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
}

/** With few samples, as several are played side by side. */
const play = (user: User, id: string) =>
  startDemo(user, [id, '--interval', '1s'], { columns: 130, rows: 30 });

for (const user of USERS)
  test.concurrent(
    `as ${user}: the classic runs out for real, and the first suggestion keeps its promise`,
    { timeout: 300_000 },
    async () => {
      const before = ipv4Sysctls();
      const terminal = play(user, 'no-keep-alive');
      await terminal.waitFor(failed('EADDRNOTAVAIL'), FAILS_MS);
      await terminal.waitFor(/is OUT OF PORTS/);
      // The kernel's own count is root's to see.
      await terminal.waitFor(user === 'root' ? 'REFUSED/S' : 'WANTED/S');
      terminal.press('1');
      const followed = await terminal.waitFor(/Followed 1: (.*)/);
      await terminal.waitFor((screen) => {
        const [, atOnce, later = atOnce, now] = TOLD.exec(screen.replace(/\s+/g, ' ')) ?? [];
        return Number(now) <= Number(atOnce) && Number(now) >= Number(later) - 5;
      }, FOLLOWED_MS);
      expect(followed).toMatch(/Followed 1: sysctl -w net\.ipv4\.tcp_tw_reuse=1/);
      expect(ipv4Sysctls()).toEqual(before);
      await quit(terminal);
    },
  );

test.concurrent.for([
  {
    id: 'no-keep-alive',
    errno: 'EADDRNOTAVAIL',
    earliestS: 18,
    latestS: 32,
    follows: 'keep-alive',
    least: 85,
  },
  {
    id: 'slow-leak',
    errno: 'EADDRNOTAVAIL',
    earliestS: 40,
    latestS: 65,
    follows: 'close-wait-leak',
    least: 85,
  },
  {
    id: 'bind',
    errno: 'EADDRINUSE',
    earliestS: 22,
    latestS: 36,
    follows: 'bind-address-no-port',
    least: 10,
  },
  {
    id: 'silent-peer',
    errno: 'EADDRNOTAVAIL',
    earliestS: 18,
    latestS: 32,
    follows: 'peer-does-not-acknowledge',
    least: 10,
  },
])('$id runs out, and $follows ends it', { timeout: 400_000 }, async (story) => {
  const terminal = play('root', story.id);
  const screen = await terminal.waitFor(failed(story.errno), FAILS_MS);
  expect(timelineS(screen)).toBeGreaterThanOrEqual(story.earliestS);
  expect(timelineS(screen)).toBeLessThanOrEqual(story.latestS);
  await terminal.waitFor('OUT OF PORTS');
  await follow(terminal, story.follows);
  await terminal.waitFor((seen) => {
    const [, now = '0'] = OUTCOME.exec(seen) ?? [];
    return Number(now) >= story.least;
  }, FOLLOWED_MS);
  await quit(terminal);
});

test.concurrent.for([
  { id: 'burst', earliestS: 33, latestS: 50, backS: 82 },
  { id: 'recovery', earliestS: 7, latestS: 15, backS: 82 },
])('$id runs out, and its ports come back by themselves', { timeout: 400_000 }, async (story) => {
  const terminal = play('an ordinary user', story.id);
  const screen = await terminal.waitFor(failed('EADDRNOTAVAIL'), FAILS_MS);
  expect(timelineS(screen)).toBeGreaterThanOrEqual(story.earliestS);
  expect(timelineS(screen)).toBeLessThanOrEqual(story.latestS);
  const back = await terminal.waitFor((seen) => timelineS(seen) >= story.backS, 200_000);
  const [, headroom] =
    /10\.0\.9\.21:8080 .*?(\S+)%/.exec(back.slice(back.indexOf('HEADROOM'))) ?? [];
  expect(Number(headroom)).toBeGreaterThan(40);
  await quit(terminal);
});

test('space pauses the clients, and the kernel goes on', { timeout: 120_000 }, async () => {
  const terminal = play('root', 'recovery');
  await terminal.waitFor(/0:0[4-9] of/, 60_000);
  terminal.press(' ');
  await terminal.waitFor(/clients are paused; TIME_WAIT is the kernel’s/);
  const paused = timelineS(await terminal.waitFor('‖'));
  const clock = /(\d\d:\d\d:\d\d) {2}netlink/;
  const [, first] = clock.exec(terminal.screen()) ?? [];
  const seconds = (time = '') => time.split(':').reduce((sum, part) => 60 * sum + Number(part), 0);
  const later = await terminal.waitFor(
    (screen) => seconds(clock.exec(screen)?.[1]) - seconds(first) >= 4,
    30_000,
  );
  expect(timelineS(later) - paused).toBeLessThanOrEqual(1);
  terminal.press(' ');
  await terminal.waitFor((screen) => timelineS(screen) >= paused + 2, 30_000);
  await quit(terminal);
});

/** Runs the demo below a command of a shell, where it cannot play. Returns its exit status, and its lines as one. */
async function refused(words: readonly string[], env: Record<string, string> = {}) {
  const args = [...words, process.execPath, LAUNCHER, 'demo', '--no-config'];
  const terminal = openTerminal('env', args, { columns: 300, env });
  const { code } = await terminal.exited;
  return { code, screen: terminal.screen() };
}

test.for([
  {
    name: 'no unshare',
    words: ['PATH=/nowhere'],
    says: 'makes its namespaces with unshare, which cannot be started: install util-linux.',
  },
  {
    name: 'a root who may not',
    words: limited('max_net_namespaces', 0),
    says: 'needs namespaces of its own, and this system refuses them to root too (unshare: unshare failed: No space left on device): in a container, start that with --privileged.',
  },
  {
    name: 'a user who may not',
    words: [...limited('max_user_namespaces', 1), 'unshare', '--user'],
    says: 'needs namespaces of its own, which this system refuses to users (unshare: unshare failed: No space left on device): run it as root.',
  },
])('$name: one sentence, and status 2', async ({ words, says }) => {
  expect(await refused(words)).toEqual({ code: 2, screen: `ephtop: the demo ${says}` });
});

/** Runs what follows where no more namespaces of a kind can be made than this. */
function limited(name: string, most: number): string[] {
  const set = `echo ${most} > /proc/sys/user/${name} && exec "$@"`;
  return ['unshare', '--user', '--map-root-user', 'sh', '-c', set, 'sh'];
}

test('a network that is in use is left as it is', async () => {
  const up = 'ip link set lo up && "$@"; cat /proc/sys/net/ipv4/ip_local_port_range; exit $?';
  const { screen } = await refused(['unshare', '--net', 'sh', '-c', up, 'sh'], {
    EPHTOP_DEMO_OUTSIDE: 'net:[1]',
  });
  expect(screen).toMatch(
    /^ephtop: the demo changes nothing in a network that is in use; please report this\.\n32768\s+60999$/,
  );
});
