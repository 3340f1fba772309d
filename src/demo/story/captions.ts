import { lastingHeadroom, promiseText } from '../../format/best-fix.ts';
import { capitalised } from '../../format/sentence.ts';
import type { AdviceId } from '../../model/advice/advice.ts';
import type { FollowedAdvice } from '../../model/followed-advice.ts';
import type { Caption, Scenario } from './scenario.ts';

/** A suggestion that was followed in the demo. */
export interface Followed {
  readonly title: string;
  readonly promised: FollowedAdvice['promised'];
  /** What was promised and what came of it, as the first lines of the screen say it. */
  readonly result: string;
  /** Seconds since then, by the clock on the wall. */
  readonly agoS: number;
  /** Headroom now, in percent; undefined: the group has gone. */
  readonly nowPercent: number | undefined;
}

/** How far the story has come. */
export interface Progress {
  readonly elapsedS: number;
  /** Second of the timeline in which a request failed last; undefined: none has. */
  readonly lastFailureS: number | undefined;
  /** The suggestion that was followed last. */
  readonly followed: Followed | undefined;
  /** True while the verdict says that the group it is about is out of ports, or as good as. */
  readonly isOutOfPorts: boolean;
  /** Those on the screen, best first. */
  readonly suggested: readonly AdviceId[];
}

/** How long the screen says that requests fail after one has. */
const FAILING_S = 3;
/** How long the promise is shown alone, before what became of it. */
const PROMISE_S = 5;
/** A suggestion that has not ended the failures by now was not enough: at once, or as soon as TIME_WAIT has ended. */
const ENOUGH_S = { atOnce: 15, later: 65 } as const;

/** What is said to the audience now. */
export function captionOf(scenario: Scenario, progress: Progress): Caption {
  const caption = plainCaption(scenario, progress);
  return { ...caption, text: withKeys(caption.text, progress.suggested) };
}

/** Puts the key of a suggestion in the place of its `<id>`; `a`, which opens the list, where it is not suggested. */
function withKeys(text: string, suggested: readonly AdviceId[]): string {
  return text.replace(/<([\w-]+)>/g, (_, id: AdviceId) => {
    const index = suggested.indexOf(id);
    return index < 0 ? 'a' : String(index + 1);
  });
}

function plainCaption(scenario: Scenario, progress: Progress): Caption {
  const { elapsedS, lastFailureS, isOutOfPorts, followed } = progress;
  const isFailing = lastFailureS !== undefined && elapsedS - lastFailureS < FAILING_S;
  const isOut = isFailing || isOutOfPorts;
  if (followed !== undefined) {
    if (followed.agoS < PROMISE_S) return promiseCaption(followed);
    if (!isOut || followed.agoS < enoughS(followed)) return outcomeCaption(followed, isFailing);
  }
  if (isOut) {
    const { whileFailing, stillFailing } = scenario;
    return stillFailing !== undefined && elapsedS >= stillFailing.atS ? stillFailing : whileFailing;
  }
  const cue = scenario.cues.findLast(({ atS }) => atS <= elapsedS) ?? scenario.cues[0];
  return cue ?? { headline: scenario.title, text: scenario.about, severity: 'info' };
}

function enoughS({ promised }: Followed): number {
  return promised.isGradual === true ? ENOUGH_S.later : ENOUGH_S.atOnce;
}

function promiseCaption(followed: Followed): Caption {
  return {
    headline: 'FIX APPLIED',
    text: `${followed.title}. Promised headroom: ${promiseText(followed.promised)}.`,
    severity: 'info',
  };
}

function outcomeCaption(followed: Followed, isFailing: boolean): Caption {
  const { promised, result, nowPercent, agoS } = followed;
  const requests = isFailing ? 'Requests still fail' : 'No request fails';
  const isShort = nowPercent !== undefined && nowPercent < lastingHeadroom(promised) / 2;
  const isWaiting = isShort && agoS < enoughS(followed);
  return {
    headline: isWaiting
      ? `GIVE IT A ${promised.isGradual === true ? 'MINUTE' : 'MOMENT'}`
      : nowPercent === undefined
        ? 'GROUP IS GONE'
        : `${Math.floor(nowPercent)}% FREE NOW`,
    text: `${requests}. ${capitalised(result)}.`,
    severity: isShort ? 'warning' : 'info',
  };
}
