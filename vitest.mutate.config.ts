import { defineConfig } from 'vitest/config';

/** The tests that mutants are held against: those without a server. Whoever asks a running service takes too long to be run thousands of times. */
export default defineConfig({
  test: {
    pool: 'forks',
    testTimeout: 15_000,
    include: ['tests/{facts,case,fhir,rules}/**/*.test.ts'],
    // Both evaluate the whole rule set, again and again.
    exclude: ['tests/rules/site-settings.test.ts', 'tests/rules/properties.test.ts'],
    env: { TZ: 'UTC' },
  },
});
