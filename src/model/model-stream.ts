import { type Baseline, BaselineWindow } from './baseline-window.ts';
import { callsOver } from './call-rates.ts';
import { CloseMemory } from './close-memory.ts';
import { FollowedMemory } from './followed-advice.ts';
import { LimitMemory, type LimitState } from './limit-memory.ts';
import { LingeringGroups } from './lingering-groups.ts';
import { buildModel, type Model } from './model.ts';
import type { Sample } from './sample/sample.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/** Models of samples of one kernel, in the order in which they were taken: each is compared with the ones before. */
export class ModelStream {
  readonly #window = new BaselineWindow();
  readonly #limits = new LimitMemory();
  readonly #closes = new CloseMemory();
  readonly #followed = new FollowedMemory();
  readonly #lingering = new LingeringGroups();
  #lastLimits: ReadonlyMap<string, LimitState> = new Map();
  #lastBuilt: Model | undefined;

  /** Takes the next sample; returns a function that builds its model, for whoever needs it. */
  take(taken: Sample): () => Model {
    const sample = this.#lingering.push(taken, (key) => this.#lastLimits.has(key));
    const baselines = this.#window.push(sample);
    const limits = this.#limits.push(sample, wantedLately(sample, this.#window.close));
    this.#lastLimits = limits;
    const closes = this.#closes.push(sample);
    const followed = this.#followed.push(sample, this.#lastBuilt);
    const { former: formerOutages } = this.#limits;
    const { recent, lastMinute, close } = this.#window;
    return () => {
      const former = this.#lastBuilt;
      const past = { baselines, recent, lastMinute, close, limits, closes, former };
      this.#lastBuilt = { ...buildModel(sample, past), followed, formerOutages };
      return this.#lastBuilt;
    };
  }

  /** Takes the next sample and builds its model. */
  next(sample: Sample): Model {
    return this.take(sample)();
  }
}

/** A demand is told over so many seconds: the highest of many short times would be chance. */
const WANTED_SECONDS = { least: 4.5, best: 5 } as const;

/** Connections that a group wanted per second in the last seconds, made and refused; undefined: not seen for as long. */
function wantedLately(
  sample: Sample,
  looks: readonly Baseline[],
): (group: TupleGroup) => number | undefined {
  const calls = callsOver(sample, looks);
  return (group) => {
    const { made, refused, seconds } = calls(group, WANTED_SECONDS.best) ?? NOT_SEEN;
    return made === undefined || seconds < WANTED_SECONDS.least ? undefined : made + refused;
  };
}

const NOT_SEEN = { made: undefined, refused: 0, seconds: 0 } as const;
