import 'vitest';
import type { Installed } from './browser.js';

declare module 'vitest' {
  /** What `vitest.config.ts` hands to each project. */
  export interface ProvidedContext {
    timeZone: string;
    /** In the project `browser` only. */
    browser: Installed;
  }
}
