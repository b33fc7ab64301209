import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const SIZE_IS_A_SMELL = {
  'max-lines': ['warn', { max: 220, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['warn', { max: 45, skipBlankLines: true, skipComments: true }],
};

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'tests/fixtures/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Numbers and booleans print the same everywhere; objects and undefined do not.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Fastify handlers and ports are async by contract, also where today's body has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
    },
  },
  { files: ['src/**/*.ts', 'src/**/*.tsx'], rules: { ...SIZE_IS_A_SMELL, 'no-console': 'error' } },
  // The command line talks to a person, not to a log collector.
  { files: ['src/cli/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['tests/**/*.ts', 'src/**/*.test.ts'],
    rules: {
      // A test that is wrong about the shape fails anyway, and says so.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { module: 'writable', require: 'readonly', __dirname: 'readonly' },
    },
  },
);
