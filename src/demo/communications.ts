/**
 * Feedback to cards as a person who tries the service finds it back in the demo EHR: feedback enters, a FHIR R4 Communication for each entry is stored.
 * Names no subject: feedback says which card it is about, not which patient. Each thing that was said is a text of its own.
 */
import type { Communication } from 'fhir/r4.js';
import type { Feedback, OverrideReason } from '../cds-hooks/feedback.js';
import type { DemoEhr } from '../http/server.js';
import type { FhirStore } from './fhir-store.js';

/** Binds the store; what is returned throws `StoreFull`. */
export function feedbackKeeper(store: FhirStore): DemoEhr['keepFeedback'] {
  return (serviceId, feedback) => {
    for (const entry of feedback) store.create('Communication', communicationOf(serviceId, entry));
  };
}

function communicationOf(serviceId: string, feedback: Feedback) {
  return {
    resourceType: 'Communication',
    status: 'completed',
    // In words: FHIR has no code for it, and a code of our own would stand in no code system that can be looked up.
    category: [{ text: 'CDS Hooks feedback' }],
    topic: { text: serviceId },
    sent: feedback.outcomeTimestamp,
    payload: sentencesOf(feedback).map((contentString) => ({ contentString })),
  } satisfies Communication;
}

function sentencesOf({ card, outcome, acceptedSuggestions, overrideReasons }: Feedback): readonly string[] {
  return [
    `Card ${card}: ${outcome}`,
    ...acceptedSuggestions.map((id) => `Accepted suggestion: ${id}`),
    ...overrideReasons.flatMap(sentencesOfReason),
  ];
}

function sentencesOfReason({ reason, userComment = '' }: OverrideReason): readonly string[] {
  const { code, display = '' } = reason ?? {};
  return [
    ...(code === undefined ? [] : [`Override reason: ${display === '' ? code : `${display} (${code})`}`]),
    ...(userComment === '' ? [] : [`Comment: ${userComment}`]),
  ];
}
