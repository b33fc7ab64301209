/**
 * The hooks that fire by themselves: whenever what would be sent has changed, the service is asked, as an EHR does.
 * An answer that comes after a newer question is thrown away.
 */
import { batch, effect, untracked } from '@preact/signals';
import type { Card } from '../cds-hooks/response.js';
import { writeAddress } from './address.js';
import { outward, replay } from './course/replay.js';
import type { Answer } from './course/strip.js';
import { exchange, type Exchange } from './ehr/exchange.js';
import { explain } from './ehr/explain.js';
import * as state from './state.js';

/** Milliseconds of rest before asking, so that a slider that is dragged does not ask for every day that it passes. */
const REST = 60;
/** The strip waits longer: the cards of today come first. */
const REST_OF_STRIP = 400;

/** Starts what follows the visitor's choices; returns what ends it. */
export function fireOnChange(): () => void {
  const ends = [askOnChange(), explainOnChange(), replayOnChange(), keepAddress()];
  return () => ends.forEach((end) => end());
}

/** Address of a service, absolute, so that it can be copied. */
export function addressOf(path: string): string {
  return new URL(path, document.baseURI).href;
}

function askOnChange(): () => void {
  return effect(() => {
    const { body, service } = state.question.value;
    if (body === undefined || !service) {
      state.answer.value = undefined;
      state.trace.value = undefined;
      return undefined;
    }
    return afterRest(untracked(() => state.answer.value) ? REST : 0, (signal) => ask(service.id, body, signal));
  });
}

async function ask(service: string, body: string, signal: AbortSignal): Promise<void> {
  try {
    const answered = await exchange(addressOf(`cds-services/${service}`), body, signal);
    batch(() => {
      state.answer.value = answered;
      // What explained the answer before would be a wrong explanation of this one.
      state.trace.value = undefined;
      state.trouble.value = undefined;
    });
  } catch {
    if (signal.aborted) return;
    // Cards of an older question must not stand there as the answer to this one.
    batch(() => {
      state.answer.value = undefined;
      state.trace.value = undefined;
      state.trouble.value = 'no-answer';
    });
  }
}

function explainOnChange(): () => void {
  return effect(() => {
    const { value: answered } = state.answer;
    const { value: service } = state.service;
    if (!state.explaining.value || !answered || !service) return undefined;
    return afterRest(0, async (signal) => {
      try {
        state.trace.value = await explain(service.id, answered.sent, signal);
      } catch {
        if (!signal.aborted) state.trouble.value = 'no-answer';
      }
    });
  });
}

function replayOnChange(): () => void {
  return effect(() => {
    const { course } = state.ground.value;
    if (!course) return undefined;
    const { first, last } = course;
    const days = untracked(() => outward(first, last, state.day.value));
    // What is known stays until the new answer for its day is there: a strip that went empty at each change would say nothing.
    const each = (day: number, cards: Answer): void => {
      state.cardsByDay.value = new Map(state.cardsByDay.value).set(day, cards);
    };
    return afterRest(REST_OF_STRIP, (signal) => replay(days, cardsOn, { signal, atOnce: 3, each }));
  });
}

async function cardsOn(day: number, signal: AbortSignal): Promise<readonly Card[]> {
  const request = state.requestOn(day, 'patient-view', []);
  const service = state.services.value.find(({ hook }) => hook === 'patient-view');
  if (!request || !service) throw new Error('nothing to ask yet');
  const answer: Exchange = await exchange(addressOf(`cds-services/${service.id}`), JSON.stringify(request), signal);
  if (answer.fault) throw new Error('refused');
  return answer.cards;
}

/** Runs after a rest, unless it was ended before; what runs is told when it is no longer wanted. */
function afterRest(milliseconds: number, run: (signal: AbortSignal) => Promise<void>): () => void {
  const controller = new AbortController();
  const timer = setTimeout(() => void run(controller.signal), milliseconds);
  return () => {
    clearTimeout(timer);
    controller.abort();
  };
}

function keepAddress(): () => void {
  return effect(() => {
    const { value: course } = state.course;
    if (!course) return;
    history.replaceState(
      null,
      '',
      writeAddress({ patient: course.id, day: state.day.value, language: state.language.value }),
    );
  });
}
