import { AnswerError } from '../../kernel/elsewhere/answer.ts';
import { NO_OWNERS } from '../../kernel/socket-owners.ts';
import type { Sample } from '../../model/sample/sample.ts';
import { systemClock } from '../../source/clock.ts';
import { AnswerFiles, unpackedAnswer } from '../../source/elsewhere/answer-files.ts';
import { placeElsewhere } from '../../source/elsewhere/place-elsewhere.ts';
import type { RawAnswer } from '../../source/elsewhere/shell-link.ts';
import type { ViaCommand } from '../../source/elsewhere/via-command.ts';
import { procfsReader } from '../../source/procfs-reader.ts';
import type { Trace } from '../../source/trace.ts';
import { type PlaceSampler, placeSampler } from '../place-sampler.ts';
import { unseenLog } from '../refusal-log.ts';

const OWNERS_HIDDEN =
  'a shell elsewhere tells of sockets, not of processes: run ephtop there to see who holds them';
const REFUSALS_UNSEEN = 'a shell elsewhere cannot watch them: run ephtop there as root.';

/** A sample of a place elsewhere. */
export interface ViaSample {
  readonly sample: Sample;
  /** CPU time that the shell has used up to its answer, in ms, since its start; undefined: not told. */
  readonly cpuThereMs: number | undefined;
}

/** Makes samples of a shell's answers, and remembers what earlier ones saw. */
export class ViaSampler {
  readonly #command: ViaCommand;
  readonly #mostGroups: number | undefined;
  readonly #trace: Trace | undefined;
  readonly #files = new AnswerFiles();
  #sampler: PlaceSampler | undefined;
  #placeId: string | undefined;
  #seenId: string | undefined;
  #takenAtMs = 0;

  constructor(command: ViaCommand, mostGroups: number | undefined, trace: Trace | undefined) {
    this.#command = command;
    this.#mostGroups = mostGroups;
    this.#trace = trace;
  }

  /** Throws AnswerError where the answer is damaged, and SourceError where there is nothing to watch. */
  take({ bytes, nonce, wanted, takenAtMs }: RawAnswer): ViaSample {
    const answer = unpackedAnswer(bytes, nonce);
    const isAll = wanted === 'everything';
    if (this.#sampler === undefined && !isAll)
      throw new AnswerError('the names of the place are not known yet');
    this.#files.put(answer, isAll);
    this.#takenAtMs = takenAtMs;
    if (isAll) this.#follow();
    const sample = this.#sampler?.();
    if (sample === undefined) throw new RangeError('no sampler');
    return { sample, cpuThereMs: answer.cpuMs };
  }

  /** Begins anew where the shell tells of another namespace than before: a container that was started again. */
  #follow(): void {
    const watched = placeElsewhere(this.#command.text, this.#files);
    const { place } = watched;
    if (place.id === this.#seenId) return;
    this.#trace?.(`place: ${place.id}`);
    this.#seenId = place.id;
    this.#placeId ??= place.id;
    const clock = { ...systemClock, nowMs: () => this.#takenAtMs };
    this.#sampler = placeSampler({
      // To who looks it is the same place: where the command leads.
      read: procfsReader({ ...watched, place: { ...place, id: this.#placeId } }, clock),
      fallbackNotes: () => ({}),
      owners: { find: () => NO_OWNERS, isSearching: false, close: () => {} },
      ownersHidden: OWNERS_HIDDEN,
      refusals: unseenLog(REFUSALS_UNSEEN),
      mostGroups: this.#mostGroups,
      trace: this.#trace,
    });
  }
}
