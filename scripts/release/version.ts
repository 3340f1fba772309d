/** What a release changes in the texts of the checkout. */

/** The words for a new version. */
const STEPS = ['major', 'minor', 'patch'] as const;

const NUMBER = String.raw`(0|[1-9]\d{0,8})`;

const VERSION = new RegExp(String.raw`^${NUMBER}\.${NUMBER}\.${NUMBER}$`);

function parts(version: string): [number, number, number] {
  const [, major, minor, patch] = VERSION.exec(version) ?? [];
  if (major === undefined) throw new Error(`${version} is no version such as 1.2.3`);
  return [Number(major), Number(minor), Number(patch)];
}

/**
 * The version that comes after `present`: `major`, `minor`, `patch`, or a version that is later; `present` itself, if it `isUnreleased`.
 * Throws for anything else.
 *
 * @see https://semver.org/
 */
export function nextVersion(present: string, wanted: string, isUnreleased = false): string {
  const [major, minor, patch] = parts(present);
  switch (STEPS.find((step) => step === wanted)) {
    case 'major':
      return `${major + 1}.0.0`;
    case 'minor':
      return `${major}.${minor + 1}.0`;
    case 'patch':
      return `${major}.${minor}.${patch + 1}`;
    case undefined: {
      const after = parts(wanted);
      const index = after.findIndex((part, at) => part !== [major, minor, patch][at]);
      const isLater = (after[index] ?? 0) > ([major, minor, patch][index] ?? 0);
      if (!isLater && !(isUnreleased && index < 0))
        throw new Error(`${wanted} does not come after ${present}`);
      return after.join('.');
    }
  }
}

/** The changelog in which what is unreleased is of a version, and of a day (`2026-11-27`). Throws where nothing is. */
export function releasedChangelog(text: string, version: string, day: string): string {
  const heading = '## [Unreleased]\n';
  const [before, after, ...others] = text.split(heading);
  if (before === undefined || after === undefined || others.length > 0)
    throw new Error('the changelog has not one heading "## [Unreleased]"');
  if (!/^- /m.test(after.split(/^## /m)[0] ?? ''))
    throw new Error('nothing of the changelog is unreleased');
  return `${before}${heading}\n## [${version}] - ${day}\n${after}`;
}
