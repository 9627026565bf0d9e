/** By which a forgotten reference is found, as `recording.record_payments` has it. The same for ever and everywhere, unlike PostgreSQL's own hashes. */
export const referenceHash = (text: string): string => `substr(sha256(convert_to(${text}, 'UTF8')), 1, 8)`;
