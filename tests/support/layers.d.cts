export interface Layer {
  /** For example `src/rules` or `src/decide.ts`. */
  readonly path: string;
  readonly name: string;
  readonly mayImport: 'all' | readonly { readonly name: string; readonly typesOnly: boolean }[];
}
export function parseLayers(markdown: string): Layer[];
export function readLayers(): Layer[];
