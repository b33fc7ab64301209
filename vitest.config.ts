import { defineConfig } from 'vitest/config';

const STORIES = 'tests/stories/**/*.test.ts';
const BROWSER = 'tests/browser/**/*.test.ts';

/** Rules count days; a day must not depend on where the server stands. Each zone runs in processes of its own. */
function storiesIn(name: string, timeZone: string) {
  return {
    extends: true as const,
    test: { name, include: [STORIES], env: { TZ: timeZone }, provide: { timeZone } },
  };
}

export default defineConfig({
  test: {
    // Forks, not threads: a worker thread ignores a change of TZ.
    pool: 'forks',
    // Most of a file's time would go into loading the service anew; nothing in it keeps state outside of what a test builds.
    isolate: false,
    maxWorkers: '100%',
    // They end what hangs, and judge no speed: a busy machine is several times slower than a free one.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    restoreMocks: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['tests/**/*.test.ts', 'src/**/*.test.ts'],
          exclude: [STORIES, BROWSER],
          env: { TZ: 'UTC' },
          provide: { timeZone: 'UTC' },
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: [BROWSER],
          globalSetup: ['tests/support/browser-setup.ts'],
        },
      },
      storiesIn('stories-utc', 'UTC'),
      storiesIn('stories-amsterdam', 'Europe/Amsterdam'),
      storiesIn('stories-new-york', 'America/New_York'),
    ],
  },
});
