import type { CommonOptions } from './program.ts';
import { liveRecorder } from './live-recorder.ts';
import { samplingSettings } from './sampling-settings.ts';
import { hasScreen, showView, viewOptions } from './view.ts';
import { startSamplingThread } from '../sampling/worker-source.ts';

/** Opens the live view, or prints one table where there is no terminal to draw on. */
export async function runLive(
  givenOptions: CommonOptions,
  isGiven: (name: keyof CommonOptions) => boolean,
): Promise<void> {
  if (!hasScreen()) {
    process.stderr.write(
      'ephtop: no terminal to draw on, so here is one table; "ephtop snapshot" prints it without this line.\n',
    );
    const { runSnapshot } = await import('./snapshot.ts');
    return runSnapshot({ ...givenOptions, format: 'table', count: 1 });
  }
  const options = viewOptions(givenOptions, isGiven);
  const source = startSamplingThread(samplingSettings(options));
  await showView(options, async (signal) => {
    const samples = source.samples(signal)[Symbol.asyncIterator]();
    const first = await samples.next();
    if (first.done === true) return undefined;
    const recorder = liveRecorder(first.value);
    return {
      first: first.value,
      samples: recorder.tap(samples),
      setInterval: (intervalMs) => source.setInterval(intervalMs),
      recorder,
    };
  });
}
