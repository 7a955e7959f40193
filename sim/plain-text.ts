/**
 * Texts for a terminal. Names from outside (files, labels, fields) may hold control characters, which a terminal
 * obeys, and marks that change the writing direction; none of them reaches it.
 */

/** Control characters, separators of lines and paragraphs, and marks of direction. */
const CONTROL = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;
const EACH_CONTROL = new RegExp(CONTROL, 'gu');

/** Whether a text holds such a character. */
export function hasControls(text: string): boolean {
  return CONTROL.test(text);
}

/** The text in one line, with each such character escaped as `\u001b`. */
export function plainLine(text: string): string {
  return text.replace(EACH_CONTROL, escaped);
}

/** The same for several lines: line breaks stay. */
export function plainLines(text: string): string {
  return text.replace(EACH_CONTROL, (control) => (control === '\n' ? control : escaped(control)));
}

function escaped(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
