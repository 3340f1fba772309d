import { useEffect, useEffectEvent } from 'react';
import type { MouseEvent } from '../mouse.ts';

/** Subscribes to the mouse; returns the function that ends it. */
export type OnMouse = (listener: (event: MouseEvent) => void) => () => void;

/** Calls `handle`, that of the latest frame, for what is done with the mouse. */
export function useMouse(onMouse: OnMouse | undefined, handle: (event: MouseEvent) => void): void {
  const handleNow = useEffectEvent(handle);
  useEffect(() => onMouse?.((event) => handleNow(event)), [onMouse]);
}

/** Has the terminal report its mouse while that is wanted. */
export function useMouseMode(
  setMouse: ((wanted: boolean) => void) | undefined,
  wanted: boolean,
): void {
  useEffect(() => setMouse?.(wanted), [setMouse, wanted]);
}
