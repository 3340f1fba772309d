import { startWithoutSlowCompiler } from '../sampling/slow-compiler.ts';
import type { Invocation } from './invocation.ts';
import { liveRecorder } from './live-recorder.ts';
import { OPTIONS } from './option-table.ts';
import { type SamplingOptions, samplingSettings } from './sampling-settings.ts';
import { hasScreen } from './early-thread.ts';
import { showView, type ViewedOptions, viewOptions } from './view.ts';
import { openLivePlaces } from './live-places.ts';
import { say } from './say.ts';

/** Opens the live view, or prints one table where there is no terminal to draw on. */
export async function runLive(
  invocation: Invocation<SamplingOptions & ViewedOptions>,
): Promise<void> {
  const { trace } = invocation;
  if (!hasScreen()) {
    say(
      'no terminal to draw on, so here is one table; "ephtop snapshot" prints it without this line.',
    );
    const { runSnapshot } = await import('./snapshot.ts');
    const { maxGroups } = OPTIONS;
    return runSnapshot({
      options: { ...invocation.options, format: 'table', count: 1, maxGroups: maxGroups.default },
      isGiven: () => false,
      trace,
    });
  }
  startWithoutSlowCompiler();
  const options = viewOptions(invocation);
  const settings = samplingSettings(options);
  const places = await openLivePlaces(options, settings, trace);
  const { source } = places;
  await showView({ options, trace }, async (signal) => {
    const samples = source.samples(signal)[Symbol.asyncIterator]();
    const first = await samples.next();
    if (first.done === true) return undefined;
    const recorder = liveRecorder(first.value);
    return {
      ...places,
      first: first.value,
      samples: recorder.tap(samples),
      setInterval: (intervalMs) => source.setInterval(intervalMs),
      recorder,
    };
  });
}
