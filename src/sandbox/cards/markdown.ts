/**
 * Markdown of a card as HTML. Raw HTML in it is shown as text and addresses other than http, https and mailto are dropped:
 * that is how micromark works unless it is told otherwise, and it is not told otherwise here.
 */
import { micromark } from 'micromark';

/** HTML that is safe to put into the page. */
export function htmlOf(markdown: string): string {
  return micromark(markdown);
}
