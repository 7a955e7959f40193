/**
 * Texts for a terminal. What others named (a file, a label, a field) may hold control characters, which a terminal
 * obeys, and marks that turn the direction of writing; none of them reaches it.
 */

/** Control characters, separators of lines and paragraphs, and marks of direction. */
const CONTROL = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;
const EACH_CONTROL = new RegExp(CONTROL, 'gu');

/** Whether a text holds a character that a terminal would obey rather than show. */
export function hasControls(text: string): boolean {
  return CONTROL.test(text);
}

/** The text with each such character as people write it, `\u001b`; in one line. */
export function plainLine(text: string): string {
  return text.replace(EACH_CONTROL, escaped);
}

/** The same, where the ends of lines are our own. */
export function plainLines(text: string): string {
  return text.replace(EACH_CONTROL, (control) => (control === '\n' ? control : escaped(control)));
}

function escaped(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
