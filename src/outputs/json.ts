import type { Advice } from '../model/advice/advice.ts';
import type { Model } from '../model/model.ts';
import type { GroupModel } from '../model/group-model.ts';
import type { OtherLimits } from '../model/sample/sample.ts';

/** Names and version of the document that `snapshotDocument` makes. */
const SCHEMA = 'ephtop.snapshot/1';

/** A model as the snapshot's JSON document; names, meanings and units are a promise to scripts. */
export function snapshotDocument({ sample, groups, advice }: Model) {
  const { counters, sampling } = sample;
  return {
    schema: SCHEMA,
    takenAt: new Date(sample.takenAtMs).toISOString(),
    host: sample.host,
    sampling: { ...sampling, durationMs: rounded(sampling.durationMs, 1) },
    portSpace: sample.portSpace,
    sysctls: sample.sysctls,
    // null: the kernel does not tell. 0 would be a lie.
    counters: {
      activeOpens: counters.activeOpens ?? null,
      attemptFails: counters.attemptFails ?? null,
      timeWaitReused: counters.timeWaitReused ?? null,
      timeWaitOverflow: counters.timeWaitOverflow ?? null,
    },
    byState: sample.byState,
    groups: groups.map(groupDocument),
    limits: limitsDocument(sample.limits),
    advice: adviceDocuments(advice),
  };
}

/** Suggestions as every document has them. */
export function adviceDocuments(advice: readonly Advice[]) {
  return advice.map(({ effect, ...suggestion }) => ({
    ...suggestion,
    effect: {
      group: effect.group,
      headroomBefore: rounded(effect.headroomBefore, 2),
      headroomAfter: rounded(effect.headroomAfter, 2),
    },
  }));
}

function limitsDocument({ conntrack, openFiles }: OtherLimits) {
  // JSON knows no Infinity: null is no limit here.
  const limit = (files: number) => (Number.isFinite(files) ? files : null);
  return {
    conntrack: conntrack ?? null,
    openFiles: openFiles.map((owner) => ({
      ...owner,
      limit: limit(owner.limit),
      hardLimit: limit(owner.hardLimit),
    })),
  };
}

function groupDocument(group: GroupModel) {
  return {
    localAddress: group.localAddress,
    remoteAddress: group.remoteAddress,
    remotePort: group.remotePort,
    family: group.family,
    usable: group.usable,
    used: group.used,
    free: group.free,
    reusable: group.reusable,
    headroomPercent: rounded(group.headroomPercent, 2),
    byState: group.byState,
    closeRate: rounded(group.closeRate, 1),
    drainSchedule: group.drainSchedule,
    etaSeconds: group.etaSeconds === null ? null : rounded(group.etaSeconds, 1),
    etaRangeSeconds:
      group.etaRangeSeconds?.map((seconds) => (seconds === null ? null : rounded(seconds, 1))) ??
      null,
    // null: not known yet, as one look cannot tell; then neither is it where etaSeconds is null.
    growthPerSecond: group.growthPerSecond === undefined ? null : rounded(group.growthPerSecond, 2),
    steadyStateUsed: group.steadyStateUsed,
    peakUsed: group.peakUsed,
    bindBeforeConnect: group.bindBeforeConnect,
    parity: group.parity,
    owners: group.owners,
    unownedSockets: group.unownedSockets,
  };
}

function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
