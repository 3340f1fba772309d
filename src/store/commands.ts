import type { PlaybackRequest } from '../model/playback.ts';
import type { RememberedSettings } from './settings.ts';

/** What the world outside the store is to do, as data. What becomes of it comes back as an action. */
export type Command =
  /** Hands these lines to the clipboard; comes back as `copied`. */
  | { readonly type: 'copy'; readonly lines: readonly string[] }
  /** Writes the settings; comes back as a `notice`. */
  | { readonly type: 'save-settings'; readonly settings: RememberedSettings }
  | { readonly type: 'suspend' }
  | { readonly type: 'repaint' }
  | { readonly type: 'quit' }
  /** Begins a recording; comes back as `recording` or `recording-failed`. */
  | { readonly type: 'start-recording' }
  /** Ends it; comes back as a `notice` that says where it is. */
  | { readonly type: 'stop-recording' }
  /** Takes samples at this interval from now on. */
  | { readonly type: 'set-interval'; readonly intervalMs: number }
  /** Watches all network namespaces of this machine, or this one alone. */
  | { readonly type: 'watch-namespaces'; readonly all: boolean }
  /** Plays the recording that is looked at like this. */
  | { readonly type: 'play'; readonly request: PlaybackRequest };
