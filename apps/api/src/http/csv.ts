/** A program for tables takes a cell that begins so for a formula, and runs it; OWASP, "CSV Injection". */
const formula = /^[=+\-@\t\r＝＋－＠]/;

/** RFC 4180: quoted where it must be. What could be a formula gets an apostrophe before it, by which it is shown as text. */
export function csvCell(text: string): string {
  const harmless = formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

export const csvRow = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;
