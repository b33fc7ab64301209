/**
 * The numbers that no source gives: `rules/settings.yaml`, and a site's own in their place.
 * Enters: parsed YAML. Leaves: checked settings. Throws KnowledgeError.
 */
import { Ajv } from 'ajv';
import { KnowledgeError, schemaError, type YamlFile } from '../yaml-file.js';

export type Settings = Readonly<
  Record<string, { readonly value: number; readonly unit: string; readonly reason: string }>
>;

/** The number of a setting; throws RangeError when there is none of that name. */
export function numberOf(settings: Settings, name: string): number {
  const found = settings[name];
  if (!found) throw new RangeError(`no setting ${name}`);
  return found.value;
}

const ajv = new Ajv();

const validSettings = ajv.compile<Settings>({
  type: 'object',
  additionalProperties: {
    type: 'object',
    required: ['value', 'unit', 'reason'],
    additionalProperties: false,
    properties: { value: { type: 'number' }, unit: { type: 'string' }, reason: { type: 'string', minLength: 10 } },
  },
});

/** Reads `rules/settings.yaml`. */
export function loadSettings(file: YamlFile): Settings {
  if (validSettings(file.value)) return file.value;
  throw schemaError(file, validSettings.errors);
}

const validSiteSettings = ajv.compile<Readonly<Record<string, number>>>({
  type: 'object',
  // Every setting is an age, an amount or a threshold: none can be below zero.
  additionalProperties: { type: 'number', minimum: 0 },
});

/** The settings with a site's own numbers in their place: `name: number` for each. Refuses a name that does not exist. */
export function applySiteSettings(file: YamlFile, shipped: Settings): Settings {
  if (!validSiteSettings(file.value)) throw schemaError(file, validSiteSettings.errors);
  const changed = Object.entries(file.value).map(([name, value]) => {
    const setting = shipped[name];
    if (!setting) throw new KnowledgeError(file.at([name]), `there is no setting ${name}; see rules/settings.yaml`);
    return [name, { ...setting, value }] as const;
  });
  return { ...shipped, ...Object.fromEntries(changed) };
}
