import { randomBytes } from 'node:crypto';
import { rawText } from '../../kernel/foreign-text.ts';
import type { Sample } from '../../model/sample/sample.ts';
import type { TupleGroup } from '../../model/sample/tuple-group.ts';
import { groupKey, groupLabel } from '../../model/sample/tuple-label.ts';
import { REFUSALS } from '../../source/refusals-unseen.ts';
import { AnonymousAddresses } from './addresses.ts';
import { AnonymousNames } from './names.ts';

/** Of what was written in place of a sentence. */
const LEFT_OUT = 'text left out with the names';

/**
 * Replaces addresses, hosts, processes, devices and units in samples, the same ones by the same ones. Ports, pids, times,
 * sysctls and figures stay. Sentences of the recorder may quote anything, so that only what they are about is kept. The
 * key is drawn anew and never written: nobody can go back, and two recordings have nothing in common.
 */
export function anonymizer(key: Uint8Array = randomBytes(32)): (sample: Sample) => Sample {
  const addresses = new AnonymousAddresses(key);
  const names = new AnonymousNames();

  function group(each: TupleGroup, placeId: string): TupleGroup {
    const localAddress = addresses.of(each.localAddress);
    const remoteAddress = addresses.of(each.remoteAddress);
    const device = each.device === undefined ? undefined : names.ofDevice(each.device);
    const { remotePort, connectFailures: failures, bindBeforeConnect: bind } = each;
    return {
      ...each,
      key: groupKey(placeId, localAddress, remoteAddress, remotePort, device),
      label: groupLabel(localAddress, remoteAddress, remotePort, device),
      localAddress,
      remoteAddress,
      device,
      // What is assumed quotes what could not be read.
      uncertain:
        each.uncertain && (each.isAssumed === true ? `(${LEFT_OUT})` : doubt(each.uncertain)),
      bindBeforeConnect: {
        ...bind,
        evidence: bind.evidence && doubt(bind.evidence),
      },
      owners: each.owners.map((owner) => ({ ...owner, command: names.ofProcess(owner.command) })),
      connectFailures: failures && {
        ...failures,
        processes: failures.processes.map((process) => ({
          ...process,
          command: names.ofProcess(process.command),
        })),
      },
    };
  }

  return (sample) => {
    const { host, place, limits, sampling } = sample;
    const placeId = names.of('place', place.id);
    return {
      ...sample,
      host: {
        hostname: names.of('host', host.hostname),
        kernel: versionOnly(rawText(host.kernel)),
      },
      place: { kind: place.kind, id: placeId, name: names.of('host', place.name) },
      sampling: sentencesLeftOut(sampling),
      groups: sample.groups.map((each) => group(each, placeId)),
      configuredPorts: sample.configuredPorts?.map((each) => ({
        ...each,
        unit: names.ofUnit(each.unit),
      })),
      limits: {
        ...limits,
        openFiles: limits.openFiles.map((files) => ({
          ...files,
          command: names.ofProcess(files.command),
        })),
      },
    };
  };
}

/** Sentences of numbers and common words only: those that the model makes of figures. */
const FIGURES_ONLY = /^[A-Za-z ,.;:()–%\d]*$/;

/** A sentence of the model; one that may quote something is left out. */
function doubt(text: string): string {
  const hasNames = /\d+\.\d+\.|:[\da-f]*:|\b[\da-f]*[a-f]\d[\da-f]*\b/i.test(text);
  return FIGURES_ONLY.test(text) && !hasNames ? text : `(${LEFT_OUT})`;
}

function sentencesLeftOut(sampling: Sample['sampling']): Sample['sampling'] {
  const { fallback, refusalsUnseen, ownersHidden, warnings } = sampling;
  const count = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`;
  return {
    ...sampling,
    warnings: warnings.length === 0 ? [] : [`${count} (${LEFT_OUT})`],
    ...(fallback !== undefined && { fallback: `netlink could not be used (${LEFT_OUT})` }),
    ...(refusalsUnseen !== undefined && {
      refusalsUnseen: `${REFUSALS} cannot be seen (${LEFT_OUT}).`,
    }),
    ...(ownersHidden !== undefined && {
      ownersHidden: `processes of other users are hidden (${LEFT_OUT})`,
    }),
  };
}

/** "6.18.44-acme1": the version without what somebody added to it. */
function versionOnly(release: string): string {
  return /^\d+(?:\.\d+){0,2}/.exec(release)?.[0] ?? 'not known';
}
