import type { SysctlName } from '../kernel/sysctl.ts';
import type { Advice } from './advice/advice.ts';
import type { GroupModel } from './group-model.ts';
import type { Sample } from './sample/sample.ts';

/** A suggestion that was followed, with its promised effect to compare with the result. */
export interface FollowedAdvice {
  readonly id: Advice['id'];
  readonly title: string;
  /** The group that it was given for. */
  readonly key: string;
  readonly label: string;
  /** When the sysctls had changed, Unix ms. */
  readonly atMs: number;
  /** What was set, as `sysctl -w` has it. */
  readonly commands: readonly string[];
  /** Headroom in percent, as it was promised. */
  readonly promised: Pick<
    Advice['effect'],
    'headroomBefore' | 'headroomAfter' | 'headroomAfterMinute' | 'isAtMost' | 'isGradual'
  >;
}

/** What was suggested, and for which group. */
interface Suggested {
  readonly advice: readonly Advice[];
  readonly worst: Pick<GroupModel, 'key' | 'label'> | undefined;
}

/** Right after a change, earlier refusals make all free ports uncertain. */
export const SETTLED_MS = 3000;

/** How long the result of a followed suggestion is shown. */
export const TOLD_MS = 3 * 60_000;

/** Notices from sample to sample which suggestions were followed. */
export class FollowedMemory {
  #last: Sample | undefined;
  #told: readonly FollowedAdvice[] = [];

  /** Takes the newest sample and the last model built before it. Returns what was followed lately, the newest first. */
  push(sample: Sample, model: Suggested | undefined): readonly FollowedAdvice[] {
    const before = this.#last;
    this.#last = sample;
    this.#told = this.#told.filter(
      ({ atMs, commands }) =>
        sample.takenAtMs >= atMs &&
        sample.takenAtMs - atMs < TOLD_MS &&
        areInForce(commands, sample),
    );
    if (before === undefined || model?.worst === undefined) return this.#told;
    const { key, label } = model.worst;
    const news = model.advice
      .filter(({ commands }) => isNewlyInForce(commands, before, sample))
      .map(({ id, title, commands, effect }): FollowedAdvice => {
        const { group: _, ...promised } = effect;
        return { id, title, key, label, commands, atMs: sample.takenAtMs, promised };
      });
    if (news.length > 0)
      this.#told = [
        ...news,
        ...this.#told.filter(({ id }) => news.every((each) => each.id !== id)),
      ];
    return this.#told;
  }
}

/** True if everything the commands set is in force now, and was not before. */
function isNewlyInForce(commands: readonly string[], before: Sample, now: Sample): boolean {
  return areInForce(commands, now) && !areInForce(commands, before);
}

/** False where one of them is no `sysctl -w` that can be read. */
function areInForce(commands: readonly string[], { sysctls }: Sample): boolean {
  // What adds to the reserved ports says nothing of the rest of them.
  const settings = commands.filter((command) => !/\becho /.test(command)).map(settingOf);
  return (
    settings.length > 0 &&
    settings.every((setting) => setting !== undefined && sysctls[setting.name] === setting.value)
  );
}

/** Reads `sysctl -w name=value`, in whichever namespace; undefined: the command does something else. */
export function settingOf(command: string): { name: SysctlName; value: string } | undefined {
  const match = /^(?:nsenter --net=\S+ )?sysctl -w ([\w.]+)=(?:"([^"]*)"|(\S+))$/.exec(command);
  return match === null
    ? undefined
    : { name: match[1] as SysctlName, value: match[2] ?? match[3] ?? '' };
}
