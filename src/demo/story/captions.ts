import { effectText, lastingHeadroom } from '../../format/best-fix.ts';
import { formatDuration, formatPercent } from '../../format/units.ts';
import type { AdviceId } from '../../model/advice/advice.ts';
import type { FollowedAdvice } from '../../model/followed-advice.ts';
import type { Caption, Scenario } from './scenario.ts';

/** A suggestion that was followed in the demo. */
export interface Followed {
  readonly title: string;
  readonly promised: FollowedAdvice['promised'];
  /** True for sysctls, which the kernel obeys at once; TIME_WAIT of connections closed before may go on for a minute. */
  readonly isAtOnce: boolean;
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

function plainCaption(scenario: Scenario, { elapsedS, lastFailureS, followed }: Progress): Caption {
  const isFailing = lastFailureS !== undefined && elapsedS - lastFailureS < FAILING_S;
  if (followed !== undefined) {
    if (followed.agoS < PROMISE_S) return promiseCaption(followed);
    if (!isFailing || followed.agoS < enoughS(followed)) return outcomeCaption(followed, isFailing);
  }
  if (isFailing) return scenario.whileFailing;
  const cue = scenario.cues.findLast(({ atS }) => atS <= elapsedS) ?? scenario.cues[0];
  return cue ?? { headline: scenario.title, text: scenario.about, severity: 'info' };
}

function enoughS({ isAtOnce }: Followed): number {
  return isAtOnce ? ENOUGH_S.atOnce : ENOUGH_S.later;
}

/** `0.0% → 94.0%`, and when that is to be. */
function promiseText({ promised, isAtOnce }: Followed): string {
  if (lastingHeadroom(promised) <= promised.headroomBefore) return 'no figure';
  if (isAtOnce) return effectText(promised);
  const { headroomBefore, headroomAfterMinute, isAtMost = false } = promised;
  return `${formatPercent(headroomBefore)} → ${isAtMost ? 'at most ' : ''}${formatPercent(headroomAfterMinute)}, once the closed connections have left TIME_WAIT`;
}

function promiseCaption(followed: Followed): Caption {
  return {
    headline: 'FIX APPLIED',
    text: `${followed.title}. Promised headroom: ${promiseText(followed)}.`,
    severity: 'info',
  };
}

function outcomeCaption(followed: Followed, isFailing: boolean): Caption {
  const { title, promised, nowPercent, agoS } = followed;
  const now = nowPercent === undefined ? 'the group has gone' : `now ${formatPercent(nowPercent)}`;
  const requests = isFailing ? 'Requests still fail' : 'No request fails';
  const isShort = nowPercent !== undefined && nowPercent < lastingHeadroom(promised) / 2;
  const isWaiting = isShort && agoS < enoughS(followed);
  return {
    headline: isWaiting
      ? `GIVE IT A ${followed.isAtOnce ? 'MOMENT' : 'MINUTE'}`
      : nowPercent === undefined
        ? 'GROUP IS GONE'
        : `${Math.floor(nowPercent)}% FREE NOW`,
    text: `${requests}. Promised headroom: ${promiseText(followed)}; ${now}, ${formatDuration(agoS)} after "${title}".`,
    severity: isShort ? 'warning' : 'info',
  };
}
