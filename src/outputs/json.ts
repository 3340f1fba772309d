import { SYSCTL_NAMES } from '../kernel/sysctl.ts';
import type { Advice } from '../model/advice/advice.ts';
import type { Model } from '../model/model.ts';
import type { GroupModel } from '../model/group-model.ts';
import type { OtherLimits } from '../model/sample/sample.ts';
import type { ConnectFailures } from '../model/sample/refusal-memory.ts';
import type { ParityUse } from '../model/sample/tuple-group.ts';
import { placeDocument, rounded } from './document.ts';

/** Names and version of the document that `snapshotDocument` makes. */
const SCHEMA = 'ephtop.snapshot/1';

/** A model as the snapshot's JSON document; names, meanings and units are a promise to scripts. */
export function snapshotDocument({ sample, groups, advice }: Model) {
  const { counters, place, portSpace, sampling } = sample;
  return {
    schema: SCHEMA,
    takenAt: new Date(sample.takenAtMs).toISOString(),
    host: { hostname: sample.host.hostname, kernel: sample.host.kernel },
    place: placeDocument(place),
    sampling: {
      source: sampling.source,
      replayOf: sampling.replayOf,
      durationMs: rounded(sampling.durationMs, 1),
      sockets: sampling.sockets,
      leftOut: sampling.leftOut,
      ownersUnseen: sampling.ownersUnseen,
      ownersHidden: sampling.ownersHidden,
      isPartial: sampling.isPartial,
      warnings: sampling.warnings,
      fallback: sampling.fallback,
      // null: they can be seen.
      connectFailures: sampling.refusalsUnseen ?? null,
      pacing: sampling.pacing,
    },
    portSpace: {
      low: portSpace.low,
      high: portSpace.high,
      size: portSpace.size,
      reserved: portSpace.reserved,
      held: portSpace.held,
      usable: portSpace.usable,
      usableAtLeast: portSpace.usableAtLeast ?? portSpace.usable,
    },
    sysctls: Object.fromEntries(SYSCTL_NAMES.map((name) => [name, sample.sysctls[name]])),
    // null: the kernel does not say. 0 would be wrong.
    counters: {
      activeOpens: counters.activeOpens ?? null,
      attemptFails: counters.attemptFails ?? null,
      timeWaitReused: counters.timeWaitReused ?? null,
      timeWaitOverflow: counters.timeWaitOverflow ?? null,
    },
    timeWaitSeconds: sample.timeWaitSeconds,
    byState: sample.byState,
    groups: groups.map(groupDocument),
    limits: limitsDocument(sample.limits),
    advice: adviceDocuments(advice),
  };
}

/** Suggestions as every document has them. */
export function adviceDocuments(advice: readonly Advice[]) {
  return advice.map(({ effect, ...suggestion }) => ({
    id: suggestion.id,
    severity: suggestion.severity,
    title: suggestion.title,
    why: suggestion.why,
    commands: suggestion.commands,
    persist: suggestion.persist,
    caution: suggestion.caution,
    config: suggestion.config && { ...suggestion.config },
    effect: {
      group: effect.group,
      headroomBefore: rounded(effect.headroomBefore, 2),
      headroomAfter: rounded(effect.headroomAfter, 2),
      headroomAfterMinute: rounded(effect.headroomAfterMinute, 2),
    },
  }));
}

function limitsDocument({ conntrack, openFiles }: OtherLimits) {
  // JSON has no Infinity: null means no limit here.
  const limit = (files: number) => (Number.isFinite(files) ? files : null);
  return {
    conntrack: conntrack
      ? {
          entries: conntrack.entries,
          maxEntries: conntrack.maxEntries,
          timeWaitSeconds: conntrack.timeWaitSeconds,
        }
      : null,
    openFiles: openFiles.map((owner) => ({
      pid: owner.pid,
      command: owner.command,
      open: owner.open,
      limit: limit(owner.limit),
      hardLimit: limit(owner.hardLimit),
    })),
  };
}

/** A group that was refused connections in the last minute is critical here, though the screen calls it a warning by then. */
function severityOfMinute({ severity, connectFailures }: GroupModel): GroupModel['severity'] {
  return (connectFailures?.lastMinute ?? 0) > 0 ? 'critical' : severity;
}

function groupDocument(group: GroupModel) {
  return {
    localAddress: group.localAddress,
    remoteAddress: group.remoteAddress,
    remotePort: group.remotePort,
    family: group.family,
    device: group.device ?? null,
    usable: group.usable,
    used: group.used,
    free: group.free,
    freeAtLeast: group.freeAtLeast,
    uncertain: group.uncertain ?? null,
    outsideRange: {
      count: group.outsideRange.count,
      low: group.outsideRange.low ?? null,
      high: group.outsideRange.high ?? null,
    },
    reusable: group.reusable,
    severity: severityOfMinute(group),
    connectFailures: failuresDocument(group.connectFailures),
    demandPerSecond: group.demandPerSecond === null ? null : rounded(group.demandPerSecond, 1),
    demandIsLowerBound: group.isDemandLowerBound,
    outOfPorts: outOfPortsDocument(group),
    headroomPercent: rounded(group.headroomPercent, 2),
    byState: group.byState,
    closeRate: rounded(group.closeRate, 1),
    drainSchedule: nextMinute(group.drainSchedule),
    etaSeconds: group.etaSeconds === null ? null : rounded(group.etaSeconds, 1),
    etaRangeSeconds:
      group.etaRangeSeconds?.map((seconds) => (seconds === null ? null : rounded(seconds, 1))) ??
      null,
    // null: not known yet, as after one sample; a null etaSeconds then does not mean "never".
    growthPerSecond: group.growthPerSecond === undefined ? null : rounded(group.growthPerSecond, 2),
    steadyStateUsed: group.steadyStateUsed,
    peakUsed: group.peakUsed,
    bindBeforeConnect: {
      suspected: group.bindBeforeConnect.suspected,
      ports: group.bindBeforeConnect.ports,
      certain: group.bindBeforeConnect.certain,
    },
    parity: {
      first: parityDocument(group.parity.first),
      second: parityDocument(group.parity.second),
    },
    owners: group.owners.map(({ pid, command, sockets }) => ({ pid, command, sockets })),
    unownedSockets: group.unownedSockets,
  };
}

function failuresDocument(failures: ConnectFailures | undefined) {
  if (failures === undefined) return null;
  const { perSecond, lastMinute, sinceMs, processes } = failures;
  return {
    perSecond: rounded(perSecond, 1),
    lastMinute,
    since: sinceMs === undefined ? null : new Date(sinceMs).toISOString(),
    processes: processes.map(({ pid, command, refusals }) => ({
      pid: pid ?? null,
      command,
      refusals,
    })),
  };
}

/** null: it was not, within the last quarter of an hour. */
function outOfPortsDocument({ limit }: GroupModel) {
  if (limit === undefined) return null;
  const { stage, sinceMs, lastMs } = limit;
  return {
    now: stage === 'dry',
    // True once there was room for a minute, and nothing was refused.
    over: stage === 'over',
    since: new Date(sinceMs).toISOString(),
    last: new Date(lastMs).toISOString(),
  };
}

function parityDocument({ usable, used }: ParityUse) {
  return { usable, used };
}

/** 60 numbers, whatever the kernel's TIME_WAIT lasts. */
function nextMinute(schedule: readonly number[]): number[] {
  return Array.from({ length: 60 }, (_, second) => schedule[second] ?? 0);
}
