import 'vitest';

declare module 'vitest' {
  /** What `vitest.config.ts` hands to each project. */
  export interface ProvidedContext {
    timeZone: string;
  }
}
