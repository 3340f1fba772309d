import { printable } from '../../kernel/foreign-text.ts';
import { sysctlNumber } from '../../kernel/sysctl.ts';
import { groupDigits } from '../group-digits.ts';
import { headroomPercent } from '../sample/headroom.ts';
import type { GroupModel } from '../group-model.ts';
import { type Rule, type Setting, type Situation, sysctlCommands } from './advice.ts';
import { type Cause, isPile } from './cause.ts';
import { connectTimeoutConfig } from './client-config.ts';

/** Names the program that does not close its connections. No sysctl helps against that. */
export const closeWaitLeak: Rule = {
  id: 'close-wait-leak',
  cures: ['CLOSE_WAIT'],
  suggest(situation) {
    const { group } = situation;
    const stuck = stuckIn('CLOSE_WAIT', situation);
    if (stuck === 0) return undefined;
    return {
      title: `Find out why ${ownerName(group)} does not close ${groupDigits(stuck)} connections`,
      why:
        `${shareOf(stuck, situation)} are in CLOSE_WAIT: the other end has closed, and ${ownerName(group)} has not called close(). ` +
        'Such a connection holds its port until the program closes it or exits.',
      commands: [],
      caution:
        'No sysctl helps: the fault is in the program (an error path without close(), a response not read to its end). A restart frees the ports until they leak again.',
      headroomAfter: headroomPercent(group.used - stuck, group.usable),
      risk: 2,
    };
  },
};

/** Reports that the upstream does not answer, and suggests giving up sooner. */
export const upstreamUnreachable: Rule = {
  id: 'upstream-unreachable',
  cures: ['SYN_SENT'],
  suggest(situation) {
    const { group } = situation;
    const stuck = stuckIn('SYN_SENT', situation);
    if (stuck === 0) return undefined;
    return {
      title: `${group.remoteAddress} port ${group.remotePort} does not answer: see why, and give up on it sooner`,
      why:
        `${shareOf(stuck, situation)} are in SYN_SENT: connect() was called and nobody has answered (a machine that is down, a firewall that ` +
        'drops, a full accept queue). Each holds its port until the program gives up: about two minutes if it sets no timeout.' +
        lostOnTheWay(group),
      commands: [],
      caution:
        'More ports would only be used up in the same way. Too short a timeout gives up on a slow upstream that would have answered.',
      config: connectTimeoutConfig(group),
      headroomAfter: headroomPercent(group.used - stuck, group.usable),
      risk: 1,
    };
  },
};

/** A NAT that is out of ports drops the SYN, so that connect() hangs too (nf_nat_core.c, get_unique_tuple). */
function lostOnTheWay({ severity }: GroupModel): string {
  return severity === 'info'
    ? ' This machine has ports to spare: if there is a NAT on the way (a gateway, a Kubernetes node), it may be out of ports and drop the SYNs.'
    : '';
}

/** The shortest retransmission timeout, 200 ms on Linux (TCP_RTO_MIN). It doubles with each retransmission. */
const FIRST_WAIT_SECONDS = 0.2;
/** Meaning of the default, 0 (tcp_orphan_retries() in net/ipv4/tcp_timer.c). */
const DEFAULT_ORPHAN_RETRIES = 8;
/** Enough to survive a peer or path that is down for a few seconds. */
const FEW_ORPHAN_RETRIES = 5;

/** The least time that a connection without a process waits for an answer to its FIN. */
function orphanSeconds(retries: number): number {
  return Math.round((2 ** (retries + 1) - 1) * FIRST_WAIT_SECONDS);
}

/**
 * Headroom in percent once the kernel gives up sooner: as many are left as are closed in that time. The rate at which they
 * are is the demand of an outage, or their growth, and at least what lets so many pile up (Little's law). Undefined: no gain.
 */
function headroomWithFew(group: GroupModel, stuck: number, retries: number): number | undefined {
  const { limit, mostDemandPerSecond, growthPerSecond = 0, used, usable } = group;
  const demand = limit?.stage === 'dry' ? (mostDemandPerSecond ?? 0) : 0;
  const perSecond = Math.max(demand, growthPerSecond, stuck / orphanSeconds(retries));
  const left = Math.round(perSecond * orphanSeconds(FEW_ORPHAN_RETRIES));
  return left < stuck ? headroomPercent(used - stuck + left, usable) : undefined;
}

/** Reports that the peer is silent, and suggests giving up on closed connections sooner. */
export const peerDoesNotAcknowledge: Rule = {
  id: 'peer-does-not-acknowledge',
  cures: ['unacknowledged'],
  suggest(situation) {
    const { sample, group } = situation;
    const stuck = stuckIn('unacknowledged', situation);
    if (stuck === 0) return undefined;
    const name = 'net.ipv4.tcp_orphan_retries';
    const value = sysctlNumber(sample.sysctls, name);
    const retries = value === 0 ? DEFAULT_ORPHAN_RETRIES : value;
    const isMany = retries !== undefined && retries > FEW_ORPHAN_RETRIES;
    const settings: Setting[] = isMany ? [[name, FEW_ORPHAN_RETRIES]] : [];
    const headroomAfter = isMany ? headroomWithFew(group, stuck, retries) : undefined;
    return {
      title: `${group.remoteAddress} port ${group.remotePort} does not acknowledge that connections are closed: see whether it is alive`,
      why:
        `${shareOf(stuck, situation)} are in FIN_WAIT1, LAST_ACK or CLOSING: this end has closed, and the peer, or a firewall on the way, does not answer. ` +
        'They do not expire like TIME_WAIT: the FIN is sent again and again. tcp_orphan_retries limits how often, once no process has the connection any more' +
        (isMany
          ? `. It is ${value === 0 ? `0, which stands for ${DEFAULT_ORPHAN_RETRIES}` : retries}: ${orphanSeconds(retries)} s at least; with ${FEW_ORPHAN_RETRIES} it is ${orphanSeconds(FEW_ORPHAN_RETRIES)} s.`
          : '.'),
      ...sysctlCommands(settings),
      caution:
        'More ports would only be used up in the same way. With fewer retries, data written before close() may be lost if a peer is down for a few seconds.',
      // Slow paths wait longer for each answer.
      ...(headroomAfter !== undefined && { headroomAfter, isGradual: true, isUnsure: true }),
      risk: 1,
    };
  },
};

/** Short, but long enough for a peer that closes at all. */
const SHORT_FIN_TIMEOUT_SECONDS = 15;

/** The one situation in which tcp_fin_timeout frees ports. */
export const finWait2Orphans: Rule = {
  id: 'fin-wait2-orphans',
  cures: ['FIN_WAIT2'],
  suggest(situation) {
    const { sample, group } = situation;
    const stuck = stuckIn('FIN_WAIT2', situation);
    if (stuck === 0) return undefined;
    const orphans = Math.min(stuck, group.orphanedFinWait2);
    if (orphans < stuck / 2) return halfClosed(stuck, situation);
    const seconds = sysctlNumber(sample.sysctls, 'net.ipv4.tcp_fin_timeout');
    const isLong = seconds !== undefined && seconds > SHORT_FIN_TIMEOUT_SECONDS;
    const settings: Setting[] = isLong
      ? [['net.ipv4.tcp_fin_timeout', SHORT_FIN_TIMEOUT_SECONDS]]
      : [];
    const left = isLong ? Math.ceil(orphans * (SHORT_FIN_TIMEOUT_SECONDS / seconds)) : orphans;
    return {
      title: isLong
        ? `Wait ${SHORT_FIN_TIMEOUT_SECONDS} s instead of ${seconds} s for peers that do not close (tcp_fin_timeout)`
        : 'Find out why the peers do not close their end',
      why:
        `${shareOf(stuck, situation)} are in FIN_WAIT2, ${groupDigits(orphans)} of them without a process: this end has closed, and the other has not. ` +
        `Here, and nowhere else, tcp_fin_timeout (${seconds ?? 'unknown'}) frees ports: it ends such connections.` +
        (isLong
          ? ` Existing ones keep their ${seconds} s; within that time about ${groupDigits(left)} will be left.`
          : ''),
      ...sysctlCommands(settings),
      caution:
        'A peer that takes longer to close gets a reset. It does nothing about TIME_WAIT. The cause is in the peers, which do not close.',
      risk: 1,
    };
  },
};

function halfClosed(stuck: number, situation: Situation) {
  const { group } = situation;
  return {
    title: `Find out why ${ownerName(group)} keeps ${groupDigits(stuck)} connections half closed`,
    why:
      `${shareOf(stuck, situation)} are in FIN_WAIT2 and belong to a process: ${ownerName(group)} has called shutdown(), not close(), and the other end ` +
      'has not closed. tcp_fin_timeout does not end connections that a process still holds.',
    commands: [],
    caution: 'The fault is in the program, or in the peers that do not close.',
    headroomAfter: headroomPercent(group.used - stuck, group.usable),
    risk: 2,
  };
}

/** Ports held by this state if they are a pile-up; otherwise 0. */
function stuckIn(state: Cause, { group, pressure }: Situation): number {
  const stuck = pressure.ports[state];
  return isPile(stuck, pressure.taken, group.usable) ? stuck : 0;
}

function shareOf(stuck: number, { group }: Situation): string {
  return `${groupDigits(stuck)} of the ${groupDigits(group.used)} ports in use`;
}

/** `haproxy (pid 812)`, or `the program` if the owner is not known. */
function ownerName({ owners }: GroupModel): string {
  const [owner] = owners;
  if (owner === undefined) return 'the program';
  return owner.command === ''
    ? `pid ${owner.pid}`
    : `${printable(owner.command)} (pid ${owner.pid})`;
}
