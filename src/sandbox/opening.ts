/** Reading what the page begins with, and opening a patient. */
import { batch } from '@preact/signals';
import type { SandboxIndex } from '../demo/sandbox-data.js';
import { readAddress } from './address.js';
import { readCourse, readIndex, readQuestionnaires, readServices, readTexts, resetPatient } from './ehr/demo-ehr.js';
import { remember, remembered } from './shell/remember.js';
import * as state from './state.js';

/** Reads the patients and the services, then opens the one that the address names, or the first. */
export async function begin(): Promise<void> {
  const [index, services] = await Promise.all([readIndex(), readServices()]);
  batch(() => {
    state.index.value = index;
    state.services.value = services;
  });
  await openAddress(index);
}

/** Follows an address that was typed or pasted while the page was there; nothing before the patients were read. */
export async function followAddress(): Promise<void> {
  if (state.index.value) await openAddress(state.index.value);
}

async function openAddress(index: SandboxIndex): Promise<void> {
  const view = readAddress(location.hash, index.languages);
  state.language.value = view.language ?? rememberedLanguage() ?? index.languages[0] ?? 'nl';
  const known = index.patients.find(({ id }) => id === view.patient) ?? index.patients[0];
  if (known) await openPatient(known.id, view.day);
}

/** The patient that was asked for last: one that answers later than the next was chosen is not shown any more. */
let wanted: string | undefined;

/** Shows a patient on a day, or on the day on which the story begins. */
export async function openPatient(id: string, day?: number): Promise<void> {
  wanted = id;
  const course = await readCourse(id);
  if (wanted !== id) return;
  batch(() => {
    state.course.value = course;
    state.changes.value = course.changes;
    state.day.value = Math.min(Math.max(day ?? course.opens, course.first), course.last);
    state.hook.value = 'patient-view';
    state.drafts.value = [];
    state.selected.value = undefined;
    state.ownRequest.value = undefined;
    state.answer.value = undefined;
    state.trace.value = undefined;
    state.cardsByDay.value = new Map();
  });
}

/** Takes back what was changed in the record of the open patient. */
export async function startOver(): Promise<void> {
  const { value: course } = state.course;
  if (!course) return;
  wanted = course.id;
  await resetPatient(course.id);
  if (wanted === course.id) await openPatient(course.id, state.day.value);
}

/** Has every answer explained from now on. */
export async function askWhy(): Promise<void> {
  state.explaining.value = true;
  state.texts.value ??= await readTexts();
}

/** Reads our forms, once, when they are first needed. */
export async function readFormsOnce(): Promise<void> {
  if (state.questionnaires.value.length === 0) state.questionnaires.value = await readQuestionnaires();
}

function rememberedLanguage() {
  return state.index.value?.languages.find((one) => one === remembered('language'));
}

export function chooseLanguage(language: (typeof state.language)['value']): void {
  state.language.value = language;
  remember('language', language);
}
