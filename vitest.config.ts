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
    testTimeout: 15_000,
    hookTimeout: 30_000,
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
          // A page waits for nothing longer than Playwright's own 30 seconds.
          testTimeout: 60_000,
        },
      },
      storiesIn('stories-utc', 'UTC'),
      storiesIn('stories-amsterdam', 'Europe/Amsterdam'),
      storiesIn('stories-new-york', 'America/New_York'),
    ],
  },
});
