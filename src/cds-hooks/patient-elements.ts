/**
 * A Patient as it is kept: who it is and when born. Name, identifiers, address and all else are dropped as soon as they were read, since no rule asks for them.
 * Enters: what a client or its FHIR server sent. Leaves: the same with nothing else in any Patient.
 */
import { isObject, type JsonObject } from './schema.js';

/** What is read of a Patient: whose record it is, and the age. */
export const NEEDED_OF_PATIENT: readonly string[] = ['resourceType', 'id', 'birthDate'];

/** A Patient with what is needed of it; any other resource as it is. */
export function neededOf<Resource extends object>(resource: Resource): Resource {
  if (!isObject(resource) || resource['resourceType'] !== 'Patient') return resource;
  return Object.fromEntries(Object.entries(resource).filter(([name]) => NEEDED_OF_PATIENT.includes(name))) as Resource;
}

/** Where other resources stand in a resource or Bundle. */
const HOLDERS = ['entry', 'resource', 'contained'];

/** A resource with what is needed of every Patient in it: itself, an entry of it, or contained in one. The same value where there is none. */
export function withoutIdentity(value: JsonObject): JsonObject {
  if (value['resourceType'] === 'Patient') return neededOf(value);
  const changed = HOLDERS.flatMap((name) => {
    const member = name in value ? ofMember(value[name]) : undefined;
    return member === value[name] ? [] : [[name, member] as const];
  });
  return changed.length === 0 ? value : { ...value, ...Object.fromEntries(changed) };
}

function ofMember(member: unknown): unknown {
  if (isObject(member)) return withoutIdentity(member);
  if (!Array.isArray(member)) return member;
  const kept = member.map((one: unknown) => (isObject(one) ? withoutIdentity(one) : one));
  return kept.every((one, index) => one === member[index]) ? member : kept;
}
