/** 28231 → "28,231", whatever the locale. Not by Intl, which takes milliseconds to load and megabytes to keep. */
export function groupDigits(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
