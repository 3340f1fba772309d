import { defineConfig, type OxlintOverride } from 'oxlint';

/** What the code of a folder of src/ may import, besides its own. */
interface Floor {
  /** Folders of src/ below it. */
  readonly folders: readonly string[];
  /** How the names of packages, and of Node's modules, begin that it may import. */
  readonly packages: readonly string[];
  /** True where it may have clocks, randomness, `process` and timers. */
  readonly world?: true;
  /** True where timers are allowed, but no clock. */
  readonly timers?: true;
  /** True where text is made of times that were given. */
  readonly dates?: true;
  /** True where text is made for a reader: foreign text gets into it through `printable` only. */
  readonly prints?: true;
}

const WIDTHS = ['string-width', 'get-east-asian-width', 'strip-ansi', 'cli-truncate'];

/** The floors of the house, from the lowest: imports go downhill only. What is not here may import all. */
const FLOORS: Readonly<Record<string, Floor>> = {
  kernel: { folders: [], packages: [] },
  model: { folders: ['kernel'], packages: [] },
  format: { folders: ['kernel', 'model'], packages: WIDTHS, dates: true, prints: true },
  source: { folders: ['kernel'], packages: ['node:'], world: true },
  recording: { folders: ['kernel', 'model', 'source'], packages: ['node:'], world: true },
  sampling: { folders: ['kernel', 'model', 'source'], packages: ['node:'], world: true },
  exporter: {
    folders: ['kernel', 'source'],
    packages: ['node:', 'bcryptjs', 'yaml'],
    world: true,
  },
  store: { folders: ['kernel', 'model'], packages: [], prints: true },
  outputs: { folders: ['kernel', 'model', 'format'], packages: WIDTHS, dates: true, prints: true },
  ui: {
    folders: ['kernel', 'model', 'format', 'store'],
    packages: ['ink', 'react', ...WIDTHS],
    timers: true,
    dates: true,
    prints: true,
  },
  terminal: {
    folders: ['kernel', 'ui'],
    packages: ['node:', 'signal-exit', '@alcalzone/ansi-tokenize'],
    world: true,
    prints: true,
  },
  'demo/story': { folders: ['kernel', 'model', 'format'], packages: [] },
};

/** The folders of the composition, above all floors. */
const ROOF = ['cli', 'demo', 'commands'];

/** A pattern of all texts that begin with none of these; the linter's patterns cannot look ahead. */
function beginsWithNone(starts: readonly string[]): string {
  const firsts = [...new Set(starts.map((start) => start.slice(0, 1)))];
  const branches = firsts.flatMap((first) => {
    const rests = starts.filter((start) => start.startsWith(first)).map((start) => start.slice(1));
    return rests.includes('') ? [] : [`${escaped(first)}(?:${beginsWithNone(rests)})`];
  });
  return ['$', `[^${firsts.map(escaped).join('')}]`, ...branches].join('|');
}

function escaped(character: string): string {
  return /\w/.test(character) ? character : `\\${character}`;
}

/** A pattern of the imports that a folder may not have. */
function forbiddenImports(name: string, { folders, packages }: Floor): string {
  const above = [...Object.keys(FLOORS), ...ROOF].filter(
    (folder) => folder !== name && !folders.includes(folder),
  );
  return `^(?:${beginsWithNone(['.', ...packages])})|/(?:${above.join('|')})/|/main\\.tsx?$`;
}

const TIMERS = ['setTimeout', 'setInterval', 'setImmediate'];

/** Names of the world that a folder may not use, and why. */
function forbiddenGlobals({ world, timers, dates }: Floor) {
  if (world) return [];
  const clock = 'Take the time as an argument; only source/ and main.ts have a clock.';
  return [
    {
      name: 'process',
      message: 'The world comes in as an argument; only source/ and main.ts touch it.',
    },
    { name: 'performance', message: clock },
    ...(timers ? [] : TIMERS.map((name) => ({ name, message: clock }))),
    ...(dates
      ? []
      : [{ name: 'Date', message: 'Times are numbers here; format/ turns them into words.' }]),
  ];
}

const FORBIDDEN_PROPERTIES = [
  {
    object: 'Date',
    property: 'now',
    message: 'Take the time as an argument; only source/ and main.ts have a clock.',
  },
  { object: 'Math', property: 'random', message: 'Take randomness as an argument.' },
];

const NO_RAW_TEXT = {
  regex: '/foreign-text\\.ts$',
  importNames: ['rawText'],
  message: 'What is printed passes `printable`.',
};

/** The rules of one folder. */
function floorRules([name, floor]: [string, Floor]): OxlintOverride {
  const below = floor.folders.length === 0 ? 'nothing outside itself' : floor.folders.join(', ');
  return {
    files: [`**/src/${name}/**/*.{ts,tsx}`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: forbiddenImports(name, floor),
              message: `Imports go downhill: ${name} may import ${below} and the packages that oxlint.config.ts names.`,
            },
            ...(floor.prints ? [NO_RAW_TEXT] : []),
          ],
        },
      ],
      ...(floor.world
        ? {}
        : {
            'no-restricted-globals': ['error', ...forbiddenGlobals(floor)],
            'no-restricted-properties': ['error', ...FORBIDDEN_PROPERTIES],
          }),
    },
  };
}

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'react', 'promise', 'vitest'],
  env: {
    node: true,
    es2024: true,
  },
  categories: {
    correctness: 'error',
    suspicious: 'error',
  },
  ignorePatterns: ['dist/**', 'dist.new/**', 'out/**', 'test/fixtures/**', 'screenshots/**'],
  rules: {
    eqeqeq: 'error',
    'no-console': 'error',
    'no-var': 'error',
    'prefer-const': 'error',
    'import/no-default-export': 'error',
    'import/no-cycle': [
      'error',
      {
        ignoreTypes: false,
      },
    ],
    'oxc/no-barrel-file': [
      'error',
      {
        threshold: 0,
      },
    ],
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/switch-exhaustiveness-check': [
      'error',
      {
        considerDefaultExhaustiveForUnions: true,
      },
    ],
    'unicorn/filename-case': [
      'error',
      {
        case: 'kebabCase',
      },
    ],
    'unicorn/prefer-node-protocol': 'error',
    'max-lines': [
      'error',
      {
        max: 400,
        skipBlankLines: true,
        skipComments: true,
      },
    ],
    'react/react-in-jsx-scope': 'off',
    'unicorn/require-post-message-target-origin': 'off',
    'consistent-return': 'off',
    'typescript/no-misused-spread': [
      'error',
      {
        allow: ['string'],
      },
    ],
    'typescript/no-unsafe-type-assertion': 'off',
    'unicorn/consistent-function-scoping': 'off',
  },
  overrides: [
    ...Object.entries(FLOORS).map(floorRules),
    {
      files: ['vitest.config.ts', 'oxlint.config.ts', 'src/ui/ink-table.d.ts'],
      rules: {
        'import/no-default-export': 'off',
      },
    },
    {
      files: ['scripts/**/*.ts'],
      rules: {
        'no-console': 'off',
      },
    },
    {
      files: ['bin/*.cjs'],
      rules: {
        'no-unused-vars': [
          'error',
          {
            caughtErrors: 'none',
          },
        ],
        'no-var': 'off',
        'no-console': 'off',
        'unicorn/prefer-node-protocol': 'off',
        'typescript/no-require-imports': 'off',
        'typescript/no-var-requires': 'off',
        'no-new-func': 'off',
        'typescript/no-implied-eval': 'off',
      },
    },
    {
      files: ['test/**/*.{ts,tsx}'],
      rules: {
        'import/no-named-as-default-member': 'off',
        'vitest/valid-expect': [
          'error',
          {
            maxArgs: 2,
          },
        ],
        'vitest/expect-expect': [
          'error',
          {
            assertFunctionNames: ['expect', 'expect*', '*.waitFor', '*.waitForFrame'],
          },
        ],
        'vitest/no-conditional-expect': 'off',
      },
    },
  ],
});
